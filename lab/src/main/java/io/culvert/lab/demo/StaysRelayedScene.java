package io.culvert.lab.demo;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Explanation;
import io.culvert.client.peer.Explanation.Nat;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.NatKind;
import java.io.IOException;
import java.time.Duration;

/** Two peers whom nothing but the relay connects, and what they are told about that. */
record StaysRelayedScene() implements Scene {
  private static final NatKind BOTH = NatKind.SYMMETRIC;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Override
  public String title() {
    return "peer, %s × %s".formatted(BOTH, BOTH);
  }

  @Override
  public Result play(Narrator narrator) throws Exception {
    try (Accounts accounts = Accounts.make();
        Venue venue =
            narrator.step("server, routers and accounts are there", () -> Venue.open(accounts))) {
      Guest bob = narrator.step("bob is online", () -> venue.bob(venue.lab().peer("bob", BOTH)));
      Guest alice =
          narrator.step("alice as well", () -> venue.alice(venue.lab().peer("alice", BOTH)));
      long start = System.nanoTime();
      try (Connection toBob =
          narrator.step(
              "alice has an encrypted connection to bob",
              () -> alice.peer().connect(bob.peer().account()))) {
        Explanation why =
            narrator.step("no direct path is found; alice asks why", () -> relayed(toBob));
        why.toString().lines().forEach(narrator::say);
        return new Result(
            "connected through the relay, and it says why",
            Duration.ofNanos(System.nanoTime() - start));
      }
    }
  }

  /** When both know what is in front of them. */
  private static Explanation relayed(Connection connection)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Explanation why = connection.why();
      boolean isKnown = why.ours() != Nat.UNKNOWN && why.theirs() != Nat.UNKNOWN;
      if (why.path().isPresent() && isKnown) {
        if (why.isDirect()) {
          throw new IOException("a direct path, which these NATs should not allow");
        }
        return why;
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("Nothing is known of the NATs: " + why);
      }
      Thread.sleep(Duration.ofMillis(50));
    }
  }
}
