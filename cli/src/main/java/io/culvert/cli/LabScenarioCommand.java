package io.culvert.cli;

import static java.util.Objects.requireNonNull;

import io.culvert.lab.scenario.Outcome;
import io.culvert.lab.scenario.Scenario;
import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.lab.scenario.ScenarioRun;
import io.culvert.lab.scenario.Scenarios;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvert lab scenario}. */
@Command(
    name = "scenario",
    description =
        "Plays situations of the network in which two peers are to connect and to stay connected, "
            + "each in a laboratory of its own, and says what was seen. All of them take some minutes.",
    footer = {"", "Example: culvert lab scenario list", "         culvert lab scenario S42 reboot"})
final class LabScenarioCommand implements Callable<Integer> {
  private static final String LIST = "list";
  private static final String ALL = "all";

  @Parameters(
      paramLabel = "NAME",
      arity = "1..*",
      description =
          "Names or numbers, as 'list' shows them; or 'all' for every one that can be played, or "
              + "'list' to play none.")
  private List<String> names = List.of();

  @Option(names = "--json", description = "Prints one JSON object instead of lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    boolean alone = names.size() == 1;
    if (!alone && (names.contains(LIST) || names.contains(ALL))) {
      throw new UsageException("'list' and 'all' are to be given alone.");
    }
    if (alone && names.contains(LIST)) {
      return list();
    }
    List<Scenario> chosen = names.contains(ALL) ? Scenarios.all() : chosen();
    List<Built> built =
        chosen.stream().filter(Built.class::isInstance).map(Built.class::cast).toList();
    return built.isEmpty()
        ? report(chosen, List.of())
        : LabRun.run(requireNonNull(spec), () -> report(chosen, play(built)));
  }

  private List<Scenario> chosen() {
    Set<Scenario> chosen = new LinkedHashSet<>();
    for (String name : names) {
      List<Scenario> found = Scenarios.of(name);
      if (found.isEmpty()) {
        throw new UsageException(
            "There is no scenario \"%s\"; 'culvert lab scenario list' names them all."
                .formatted(Text.printable(name)));
      }
      chosen.addAll(found);
    }
    return List.copyOf(chosen);
  }

  private int list() {
    print(
        json
            ? ScenarioPrinter.json(Scenarios.all(), List.of())
            : ScenarioPrinter.list(Scenarios.all()));
    return Culvert.WORKED;
  }

  private static List<Outcome> play(List<Built> scenarios) throws Exception {
    Progress progress = new Progress(scenarios.size());
    List<Outcome> outcomes =
        new ScenarioRun(outcome -> progress.done(ScenarioPrinter.line(outcome))).play(scenarios);
    progress.end();
    return outcomes;
  }

  private int report(List<Scenario> scenarios, List<Outcome> outcomes) {
    print(
        json
            ? ScenarioPrinter.json(scenarios, outcomes)
            : ScenarioPrinter.report(scenarios, outcomes));
    boolean allAsExpected = !outcomes.isEmpty() && outcomes.stream().allMatch(Outcome::ok);
    return allAsExpected ? Culvert.WORKED : Culvert.DID_NOT_WORK;
  }

  private static void print(String report) {
    System.out.println(report);
    System.out.flush();
  }
}
