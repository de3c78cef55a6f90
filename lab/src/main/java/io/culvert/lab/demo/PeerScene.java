package io.culvert.lab.demo;

import io.culvert.client.peer.Connection;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Alice sends bob 100 MB as soon as they are connected, which is over the relay: her router gives
 * each destination another port. While that goes on a direct path is found, and then bob's router
 * is rebooted.
 */
record PeerScene() implements Scene {
  private static final NatKind ALICES = NatKind.SYMMETRIC_SEQUENTIAL;
  private static final NatKind BOBS = NatKind.PORT_RESTRICTED;
  private static final int BYTES = 100_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String title() {
    return "peer, %s × %s".formatted(ALICES, BOBS);
  }

  @Override
  public Result play(Narrator narrator) throws Exception {
    try (Accounts accounts = narrator.step("alice and bob have accounts", Accounts::make);
        Venue venue =
            narrator.step(
                "the server is ready; a packet takes 50 ms there and back, and between any two",
                () -> Venue.open(accounts))) {
      Router bobsRouter = venue.lab().router("bob's router", BOBS);
      Guest bob = narrator.step("bob is online", () -> venue.bob(bobsRouter.host("bob")));
      Guest alice =
          narrator.step("alice as well", () -> venue.alice(venue.lab().peer("alice", ALICES)));
      long start = System.nanoTime();
      try (Connection toBob =
              narrator.step(
                  "alice has an encrypted connection to bob", () -> alice.peer().connect("bob"));
          Connection toAlice =
              bob.peer().accept(PATIENCE).orElseThrow(() -> new IOException("not for bob"));
          Transfer transfer = Transfer.bulk(toBob, toAlice, BYTES)) {
        narrator.say("she sends 100 MB");
        narrator.step("the first bytes are there", () -> share(transfer, 0.001));
        narrator.say(path(toBob));
        narrator.step(
            "a direct path is found under it", () -> awaitDirect(toBob, toAlice, transfer));
        narrator.say("%s; %.0f MB have arrived".formatted(path(toBob), megabytes(transfer)));
        share(transfer, 0.5);
        bobsRouter.reboot();
        narrator.say("half of it is there, and bob's router is rebooted: it has forgotten all");
        Transfer.Result result =
            narrator.step("the other half arrives as well", () -> transfer.await(PATIENCE));
        narrator.say("SHA-256 at both ends: " + result.sha256());
        return new Result(
            String.format(
                Locale.ROOT,
                "100 MB by relay, directly and across a reboot; silent for %d ms at most",
                result.longestSilence().toMillis()),
            Duration.ofNanos(System.nanoTime() - start));
      }
    }
  }

  private static boolean share(Transfer transfer, double share)
      throws IOException, InterruptedException {
    transfer.awaitShare(share, PATIENCE);
    return true;
  }

  private static boolean awaitDirect(Connection one, Connection other, Transfer transfer)
      throws IOException, InterruptedException {
    while (!isDirect(one) || !isDirect(other)) {
      if (transfer.received() >= BYTES) {
        throw new IOException("All was there before a direct path was found.");
      }
      Thread.sleep(Duration.ofMillis(5));
    }
    return true;
  }

  private static boolean isDirect(Connection connection) {
    return connection.path().filter(path -> path.kind() != Path.RELAY).isPresent();
  }

  private static double megabytes(Transfer transfer) {
    return transfer.received() / 1e6;
  }

  private static String path(Connection connection) {
    return connection.path().map(Object::toString).orElse("no path yet");
  }
}
