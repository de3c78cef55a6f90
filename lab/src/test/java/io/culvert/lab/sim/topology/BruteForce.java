package io.culvert.lab.sim.topology;

import java.time.Duration;

/** Finds out by trying what the oracle says without. */
final class BruteForce {
  private static final Duration GATHERING = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private BruteForce() {}

  /** Whether two agents connect when one of them starts that much later. */
  static boolean connects(Topology topology, Duration later) {
    Encounter encounter = topology.build();
    PunchingPeer alice = new PunchingPeer(encounter.world(), encounter.alice());
    PunchingPeer bob = new PunchingPeer(encounter.world(), encounter.bob());
    alice.gather(encounter.stun());
    bob.gather(encounter.stun());
    encounter.world().runFor(GATHERING);
    alice.connectTo(bob);
    encounter.world().runFor(later);
    bob.connectTo(alice);
    return encounter.world().runUntil(() -> alice.isConnected() && bob.isConnected(), PATIENCE);
  }
}
