package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.ADDRESS_RESTRICTED;
import static io.culvert.lab.net.NatKind.FULL_CONE;
import static io.culvert.lab.net.NatKind.OPEN;
import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;
import static io.culvert.lab.net.NatKind.SYMMETRIC_SEQUENTIAL;

import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.net.NatKind.PortAllocation;
import java.util.ArrayList;
import java.util.List;

/** S01 to S36: six kinds of NAT with each other. */
final class NatGrid {
  private static final List<NatKind> KINDS =
      List.of(
          OPEN, FULL_CONE, ADDRESS_RESTRICTED, PORT_RESTRICTED, SYMMETRIC_SEQUENTIAL, SYMMETRIC);

  private NatGrid() {}

  static List<Scenario> scenarios() {
    List<Scenario> all = new ArrayList<>();
    for (NatKind alice : KINDS) {
      for (NatKind bob : KINDS) {
        all.add(scenario("S%02d".formatted(all.size() + 1), alice, bob));
      }
    }
    return all;
  }

  private static Scenario scenario(String number, NatKind alice, NatKind bob) {
    String name = "%s-to-%s".formatted(alice, bob);
    String sentence = "The caller's network is %s, the callee's %s.".formatted(alice, bob);
    if (isEasy(alice, bob)) {
      return new Scenario.Built(
          number, name, sentence, "direct within 4 s", Plays.direct(alice, bob, Plays.SOON));
    }
    if (canBeGuessed(alice, bob)) {
      return new Scenario.Built(
          number, name, sentence, "direct within 20 s", Plays.direct(alice, bob, Plays.GUESSING));
    }
    return new Scenario.Built(
        number, name, sentence, "connected, if only by the relay", Plays.connected(alice, bob));
  }

  /** Each side's mapping is known before, or is learnt from the first packet that gets in. */
  private static boolean isEasy(NatKind one, NatKind other) {
    return (!isHard(one) || lets(other)) && (!isHard(other) || lets(one));
  }

  private static boolean isHard(NatKind kind) {
    return kind.mapping() == Mapping.ADDRESS_AND_PORT_DEPENDENT;
  }

  private static boolean counts(NatKind kind) {
    return kind.ports() == PortAllocation.SEQUENTIAL;
  }

  /** Whether a packet from an unknown port of a known address gets in, at a known port. */
  private static boolean lets(NatKind kind) {
    return !isHard(kind) && kind.filtering() != Filtering.ADDRESS_AND_PORT_DEPENDENT;
  }

  /** Two NATs that count can be foretold; of two at least one must have a port that is known. */
  private static boolean canBeGuessed(NatKind one, NatKind other) {
    return !isHard(one) || !isHard(other) || (counts(one) && counts(other));
  }
}
