package io.culvert.lab.meeting;

import io.culvert.lab.meeting.SeparatePeer.Received;
import io.culvert.lab.meeting.SeparatePeer.Way;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

/** Alice and bob, each in a process of its own, and online. One thread at a time. */
public record SeparatePair(SeparatePeer alice, SeparatePeer bob) {
  private static final Duration GLANCE = Duration.ofMillis(10);

  /**
   * Alice connects to bob.
   *
   * @return how long that took
   * @throws IOException when there is no connection to be had; the message says why
   */
  public Duration connect() throws IOException {
    long start = System.nanoTime();
    alice.connect(Accounts.BOB);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    bob.accept();
    return took;
  }

  /**
   * One sends so many bytes to the other.
   *
   * @return how long it took until all had arrived
   * @throws IOException when something else has arrived, or nothing; the message says which
   */
  public static Duration send(SeparatePeer from, int bytes, SeparatePeer to) throws IOException {
    long start = System.nanoTime();
    CompletableFuture<String> sent = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("sender")
        .start(() -> {
          try {
            sent.complete(from.send(bytes));
          } catch (IOException e) {
            sent.completeExceptionally(e);
          }
        });
    Received received = to.receive();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (!received.equals(new Received(bytes, digest(sent)))) {
      throw new IOException("What arrived is not what was sent.");
    }
    return took;
  }

  private static String digest(CompletableFuture<String> sent) throws IOException {
    try {
      return sent.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException why ? why : new IOException(e);
    }
  }

  /** Waits until both take such a way, for so long at most; returns alice's, if so. */
  public Optional<Way> await(Predicate<Way> wanted, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<Way> way = alice.path().filter(wanted);
      if (way.isPresent() && bob.path().filter(wanted).isPresent()) {
        return way;
      }
      Thread.sleep(GLANCE);
    }
    return Optional.empty();
  }

  /** Whether it leads through no relay. */
  public static boolean isDirect(Way way) {
    return way.kind() != Path.RELAY;
  }
}
