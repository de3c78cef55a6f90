package io.culvert.lab.portmap;

import io.culvert.lab.net.Miniupnpd;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Marks tests that are skipped, with the reason, where Debian's miniupnpd is not installed. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(NeedsMiniupnpd.Condition.class)
@interface NeedsMiniupnpd {

  /** Whether it is there. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return Miniupnpd.isAvailable()
          ? ConditionEvaluationResult.enabled("miniupnpd is installed.")
          : ConditionEvaluationResult.disabled(
              "miniupnpd is not installed: apt-get install miniupnpd-nftables.");
    }
  }
}
