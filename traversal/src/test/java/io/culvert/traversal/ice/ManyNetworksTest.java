package io.culvert.traversal.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.PaperNat.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Many pairs of peers whose packets get lost; a failure is repeated by its seed alone. */
class ManyNetworksTest {
  private static final int NETWORKS = 1000;

  @Test
  void peersMeetDirectlyWhereverTheirNatsAllowIt() {
    for (int seed = 0; seed < NETWORKS; seed++) {
      play(seed);
    }
  }

  private static void play(int seed) {
    Random random = new Random(seed);
    Kind first = any(random);
    Kind second = any(random);
    int loss = random.nextInt(25);
    PaperNetwork network = new PaperNetwork();
    network.drop(_ -> random.nextInt(100) < loss);
    PaperPeer alice = network.peer(Role.CONTROLLING, first);
    PaperPeer bob =
        network.peer(random.nextInt(10) == 0 ? Role.CONTROLLING : Role.CONTROLLED, second);
    alice.opens(PaperPeer.DIRECT, PaperPeer.RELAY);
    bob.opens(PaperPeer.DIRECT, PaperPeer.RELAY);
    network.after(Duration.ofMillis(random.nextInt(200)), () -> bob.learns(alice));
    network.after(Duration.ofMillis(random.nextInt(2000)), () -> alice.learns(bob));
    network.runUntil(Duration.ofSeconds(12));
    if (random.nextBoolean()) {
      network.every(Duration.ofMillis(20), alice::sendsData);
      network.every(Duration.ofMillis(20), bob::sendsData);
    }
    network.runUntil(Duration.ofSeconds(20));

    String what = "seed %d: %s, %s, %d %% lost".formatted(seed, first, second, loss);
    for (PaperPeer peer : new PaperPeer[] {alice, bob}) {
      assertThat(peer.agent.selected()).as(what).isPresent();
      assertThat(peer.said)
          .as(what)
          .extracting(PaperPeer.Said::action)
          .doesNotContain(new Action.Failed());
      assertThat(peer.checks.size()).as(what).isLessThan(400);
      if (isDirectPossible(first, second)) {
        assertThat(peer.agent.pairs())
            .as(what)
            .anyMatch(pair ->
                pair.roundTrip() != null
                    && !pair.pair().local().relayed()
                    && !pair.pair().remote().getHostString().equals("203.0.113.9"));
      }
    }
    assertThat(alice.agent.role()).as(what).isNotEqualTo(bob.agent.role());
  }

  private static Kind any(Random random) {
    return List.of(Kind.NONE, Kind.PORT_RESTRICTED, Kind.SYMMETRIC).get(random.nextInt(3));
  }

  private static boolean isDirectPossible(Kind first, Kind second) {
    return first == Kind.NONE
        || second == Kind.NONE
        || (first == Kind.PORT_RESTRICTED && second == Kind.PORT_RESTRICTED);
  }
}
