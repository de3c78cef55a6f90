package io.culvert.cli;

import io.culvert.lab.scenario.Outcome;
import io.culvert.lab.scenario.Scenario;
import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.lab.scenario.Scenario.NotBuilt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Scenarios and what has come of them, as lines for people or as one JSON object. */
final class ScenarioPrinter {
  private static final String ROW = "%-4s %-44s %-10s %8s  %s%n";
  private static final String MORE = " ".repeat(71) + "%s%n";

  private ScenarioPrinter() {}

  /** What there is, without playing it. */
  static String list(List<Scenario> scenarios) {
    StringBuilder list = new StringBuilder();
    for (Scenario scenario : scenarios) {
      list.append(
          "%-4s %-44s %s%n".formatted(scenario.number(), scenario.name(), scenario.sentence()));
      list.append(" ".repeat(50)).append(what(scenario)).append(System.lineSeparator());
    }
    return list.toString().stripTrailing();
  }

  private static String what(Scenario scenario) {
    return switch (scenario) {
      case Built built -> "expected: " + built.expected();
      case NotBuilt missing -> "not built: " + missing.reason();
    };
  }

  /** What has come of those that were played, and why others were not. */
  static String report(List<Scenario> scenarios, List<Outcome> outcomes) {
    StringBuilder report = new StringBuilder();
    for (Scenario scenario : scenarios) {
      switch (scenario) {
        case Built built -> of(built, outcomes).ifPresent(outcome -> append(report, outcome));
        case NotBuilt(String number, String name, String _, String reason) ->
            report.append(ROW.formatted(number, name, "not built", "", reason));
      }
    }
    return report
        .append(
            "%n%d ok, %d failed, %d not built."
                .formatted(ok(outcomes), failed(outcomes), scenarios.size() - outcomes.size()))
        .toString();
  }

  private static void append(StringBuilder report, Outcome outcome) {
    Built scenario = outcome.scenario();
    report.append(
        ROW.formatted(
            scenario.number(),
            scenario.name(),
            outcome.ok() ? "ok" : "FAILED",
            seconds(outcome),
            Text.printable(outcome.seen())));
    if (!outcome.ok()) {
      report.append(MORE.formatted(scenario.sentence()));
      report.append(MORE.formatted("Expected: " + scenario.expected() + "."));
    }
  }

  /** In a few words. */
  static String line(Outcome outcome) {
    return "%s %s %s in %s: %s"
        .formatted(
            outcome.scenario().number(),
            outcome.scenario().name(),
            outcome.ok() ? "ok" : "FAILED",
            seconds(outcome),
            Text.printable(outcome.seen()));
  }

  private static String seconds(Outcome outcome) {
    return String.format(Locale.ROOT, "%.1f s", outcome.took().toMillis() / 1e3);
  }

  /** The same for scripts; scenarios that were not played have no outcome. */
  static String json(List<Scenario> scenarios, List<Outcome> outcomes) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("ok", ok(outcomes));
    object.put("failed", failed(outcomes));
    object.put("notBuilt", scenarios.stream().filter(NotBuilt.class::isInstance).count());
    object.put("scenarios", scenarios.stream().map(scenario -> json(scenario, outcomes)).toList());
    return JsonMapper.shared().writeValueAsString(object);
  }

  private static Map<String, Object> json(Scenario scenario, List<Outcome> outcomes) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("number", scenario.number());
    object.put("name", scenario.name());
    object.put("sentence", scenario.sentence());
    switch (scenario) {
      case NotBuilt missing -> object.put("notBuilt", missing.reason());
      case Built built -> {
        object.put("expected", built.expected());
        of(built, outcomes)
            .ifPresent(outcome -> {
              object.put("ok", outcome.ok());
              object.put("seen", outcome.seen());
              object.put("ms", outcome.took().toMillis());
            });
      }
    }
    return object;
  }

  private static Optional<Outcome> of(Built scenario, List<Outcome> outcomes) {
    return outcomes.stream().filter(outcome -> outcome.scenario().equals(scenario)).findFirst();
  }

  private static long ok(List<Outcome> outcomes) {
    return outcomes.stream().filter(Outcome::ok).count();
  }

  private static long failed(List<Outcome> outcomes) {
    return outcomes.size() - ok(outcomes);
  }
}
