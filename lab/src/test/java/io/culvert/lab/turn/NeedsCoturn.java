package io.culvert.lab.turn;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Marks tests that are skipped, with the reason, where Debian's coturn is not installed. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(NeedsCoturn.Condition.class)
@interface NeedsCoturn {

  /** Whether all its programs are there. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      for (CoturnProgram program : CoturnProgram.values()) {
        if (!program.isInstalled()) {
          return ConditionEvaluationResult.disabled(
              program + " is not installed: apt-get install coturn.");
        }
      }
      return ConditionEvaluationResult.enabled("coturn is installed.");
    }
  }
}
