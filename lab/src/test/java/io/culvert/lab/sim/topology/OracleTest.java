package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.sim.Hairpin;
import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Pooling;
import io.culvert.lab.sim.PortAllocation;
import io.culvert.lab.sim.Quality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the oracle says is held against what happens. */
class OracleTest {
  private static final NatBehavior OPEN_HAIRPIN =
      NatBehavior.FULL_CONE.withHairpin(Hairpin.EXTERNAL_SOURCE);

  /** Both at once, and either one so much earlier that its packets come unexpected. */
  private static final List<Duration> DELAYS = List.of(Duration.ZERO, Duration.ofMillis(400));

  static Stream<Side> sides() {
    List<Side> sides = new ArrayList<>();
    sides.add(Side.behind());
    sides.add(Side.behind().withFirewall());
    sides.add(Side.behind(NatBehavior.FULL_CONE).withFirewall());
    sides.add(Side.behind(NatBehavior.UDP_BLOCKED));
    for (Mapping mapping :
        List.of(Mapping.ENDPOINT_INDEPENDENT, Mapping.ADDRESS_AND_PORT_DEPENDENT)) {
      for (Filtering filtering : Filtering.values()) {
        sides.add(Side.behind(NatBehavior.SYMMETRIC.withMapping(mapping).withFiltering(filtering)));
      }
    }
    return sides.stream();
  }

  @ParameterizedTest
  @MethodSource("sides")
  void iceConnectsWhereTheOracleSaysSoAndNowhereElse(Side alice) {
    sides()
        .forEach(bob -> {
          Topology topology = distant(alice, bob);
          for (Duration later : DELAYS) {
            assertThat(BruteForce.connects(topology, later))
                .as("%s, bob later by %s", topology, later)
                .isEqualTo(Oracle.reach(topology) == Reach.ICE);
          }
        });
  }

  static Stream<Side> oddSides() {
    List<Side> sides = new ArrayList<>();
    for (Side side : sides().toList()) {
      if (!side.nats().isEmpty()) {
        NatBehavior nat = side.nats().getFirst();
        sides.add(Side.behind(nat.answering()));
        sides.add(Side.behind(nat.withMapping(Mapping.ADDRESS_DEPENDENT)));
        sides.add(Side.behind(nat.withPooling(Pooling.ARBITRARY)).withAddresses(4));
        sides.add(Side.behind(nat.answering(), NatBehavior.PORT_RESTRICTED));
        sides.add(Side.behind(NatBehavior.ADDRESS_RESTRICTED, nat.answering()));
      }
    }
    return sides.stream();
  }

  @ParameterizedTest
  @MethodSource("oddSides")
  void iceConnectsWhereTheOracleSaysSoThoughNatsAnswerOrHaveManyAddresses(Side alice) {
    Stream.concat(sides(), oddSides())
        .forEach(bob -> {
          for (Topology topology : List.of(distant(alice, bob), distant(bob, alice))) {
            if (Oracle.reach(topology) == Reach.ICE) {
              for (Duration later : DELAYS) {
                assertThat(BruteForce.connects(topology, later))
                    .as("%s, bob later by %s", topology, later)
                    .isTrue();
              }
            }
          }
        });
  }

  static Stream<Shape> operators() {
    List<Shape> operators = new ArrayList<>();
    for (Hairpin hairpin : Hairpin.values()) {
      for (Filtering filtering : Filtering.values()) {
        operators.add(
            new Shape.SameOperator(OPEN_HAIRPIN.withHairpin(hairpin).withFiltering(filtering), 1));
      }
    }
    return operators.stream();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void customersOfOneOperatorConnectWhereTheOracleSaysSoAndNowhereElse(Shape operator) {
    sides()
        .forEach(alice ->
            sides()
                .forEach(bob -> {
                  Topology topology = distant(alice, bob).withShape(operator);
                  assertThat(BruteForce.connects(topology, Duration.ZERO))
                      .as("%s", topology)
                      .isEqualTo(Oracle.reach(topology) == Reach.ICE);
                }));
  }

  @Test
  void iceConnectsInRandomTopologiesWhereverTheOracleSaysSo() {
    int ice = 0;
    for (long seed = 0; seed < 1500; seed++) {
      Topology topology = RandomTopology.of(seed);
      if (Oracle.reach(topology) == Reach.ICE) {
        ice++;
        assertThat(BruteForce.connects(topology, Duration.ofMillis(seed % 300)))
            .as("%s", topology)
            .isTrue();
      }
    }
    assertThat(ice).isBetween(500, 1200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port-restricted      | symmetric            | PREDICTION
          symmetric            | symmetric            | RELAY
          sequential           | sequential           | PREDICTION
          sequential           | symmetric            | RELAY
          answering            | answering            | PREDICTION
          answering            | symmetric            | RELAY
          blocked              | full-cone            | RELAY
          port-restricted      | arbitrary            | RELAY
          port-restricted      | small-table          | RELAY
          """)
  void itKnowsWhatPredictionIsGoodFor(String alice, String bob, Reach reach) {
    assertThat(Oracle.reach(Topology.apart(1, side(alice), side(bob)))).isEqualTo(reach);
    assertThat(Oracle.reach(Topology.apart(1, side(bob), side(alice)))).isEqualTo(reach);
  }

  @Test
  void ipv6AndACommonLanBeatEveryNat() {
    Side alice = Side.behind(NatBehavior.SYMMETRIC).withIpv6(Ipv6.FIREWALLED);
    assertThat(Oracle.reach(Topology.apart(1, alice, alice))).isEqualTo(Reach.ICE);
    Side bob = alice.withIpv6(Ipv6.BLACKHOLED);
    assertThat(Oracle.reach(Topology.apart(1, alice, bob))).isEqualTo(Reach.RELAY);
    assertThat(Oracle.reach(Topology.apart(1, bob, bob).withShape(new Shape.SameLan())))
        .isEqualTo(Reach.ICE);
  }

  private static Side side(String name) {
    return switch (name) {
      case "full-cone" -> Side.behind(NatBehavior.FULL_CONE);
      case "port-restricted" -> Side.behind(NatBehavior.PORT_RESTRICTED);
      case "answering" -> Side.behind(NatBehavior.PORT_RESTRICTED.answering());
      case "symmetric" -> Side.behind(NatBehavior.SYMMETRIC);
      case "sequential" ->
          Side.behind(NatBehavior.SYMMETRIC.withPorts(new PortAllocation.Sequential(1)));
      case "blocked" -> Side.behind(NatBehavior.UDP_BLOCKED);
      case "arbitrary" ->
          Side.behind(NatBehavior.SYMMETRIC.withPooling(Pooling.ARBITRARY)).withAddresses(4);
      case "small-table" -> Side.behind(NatBehavior.SYMMETRIC.withTable(1024));
      default -> throw new AssertionError(name);
    };
  }

  private static Topology distant(Side alice, Side bob) {
    return Topology.apart(
        5, alice.withAccess(Quality.delayMillis(12.5)), bob.withAccess(Quality.delayMillis(12.5)));
  }
}
