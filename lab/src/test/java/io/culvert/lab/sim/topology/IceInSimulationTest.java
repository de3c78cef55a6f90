package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.ice.Role;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two agents of ICE on random networks; a failure is repeated by its seed alone. */
class IceInSimulationTest {
  /** {@code -Dculvert.networks=20000} for more than a build has time for. */
  private static final int NETWORKS = Integer.getInteger("culvert.networks", 400);

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Test
  void peersConnectWhereverTheRelayOrEachOtherCanBeReached() {
    int direct = 0;
    for (long seed = 0; seed < NETWORKS; seed++) {
      direct += play(seed) ? 1 : 0;
    }
    assertThat(direct).as("what is easy is frequent").isGreaterThan(NETWORKS / 3);
  }

  private static boolean play(long seed) {
    Topology topology = RandomTopology.of(seed);
    Encounter encounter = topology.build();
    IcePeerOnPaper alice = new IcePeerOnPaper(encounter, encounter.alice(), Role.CONTROLLING);
    IcePeerOnPaper bob = new IcePeerOnPaper(encounter, encounter.bob(), Role.CONTROLLED);
    alice.gather();
    bob.gather();
    encounter.world().runFor(Duration.ofSeconds(1));
    alice.call(bob);
    bob.call(alice);
    boolean isEasy = Oracle.reach(topology) == Reach.ICE;
    boolean isReachable = isEasy || Oracle.reachesServers(topology);
    boolean connected =
        encounter
            .world()
            .runUntil(
                () ->
                    alice.isConnected()
                        && bob.isConnected()
                        && (!isEasy || (alice.hasDirectWay() && bob.hasDirectWay())),
                PATIENCE);

    String what = topology.toString();
    if (isReachable) {
      assertThat(connected).as(what).isTrue();
      assertThat(alice.hasFailed() || bob.hasFailed()).as(what).isFalse();
    }
    for (IcePeerOnPaper peer : new IcePeerOnPaper[] {alice, bob}) {
      assertThat(peer.destinations()).as(what).isLessThanOrEqualTo(101);
      assertThat(peer.packets()).as(what).isLessThan(1000);
      assertThat(peer.selections()).as(what).isLessThan(12);
    }
    alice.close();
    bob.close();
    return alice.hasDirectWay();
  }
}
