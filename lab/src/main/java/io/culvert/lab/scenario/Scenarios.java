package io.culvert.lab.scenario;

import java.util.List;
import java.util.stream.Stream;

/** All scenarios, by their numbers. */
public final class Scenarios {
  private static final List<Scenario> ALL =
      Stream.of(
              NatGrid.scenarios(),
              Reachability.scenarios(),
              Topologies.scenarios(),
              Dynamics.scenarios(),
              Impairments.scenarios(),
              Hostility.scenarios())
          .flatMap(List::stream)
          .toList();

  private Scenarios() {}

  /** Every one. */
  public static List<Scenario> all() {
    return ALL;
  }

  /** Those with that number, or the one with that name; empty when there is none. */
  public static List<Scenario> of(String numberOrName) {
    return ALL.stream()
        .filter(each ->
            each.number().equalsIgnoreCase(numberOrName) || each.name().equals(numberOrName))
        .toList();
  }
}
