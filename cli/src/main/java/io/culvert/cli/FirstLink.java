package io.culvert.cli;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * For a command that waits for peers and talks to the first that gets through. Lives on the
 * client's event loop, but for {@link #await}.
 */
final class FirstLink {
  private final Events events;
  private final CompletableFuture<Link> link = new CompletableFuture<>();
  private final Map<String, Long> attempts = new HashMap<>();
  private @Nullable CulvertException offline;

  FirstLink(Events events) {
    this.events = events;
  }

  Link await() throws CulvertException, InterruptedException {
    try {
      return link.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CulvertException why) {
        throw why;
      }
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is still waited for. */
  boolean isWanted() {
    return !link.isDone();
  }

  /** A peer begins to connect. */
  void begins(String peer) {
    attempts.put(peer, System.nanoTime());
  }

  /** A peer got through. */
  void comes(Link candidate) {
    Long start = attempts.remove(candidate.peer());
    if (start == null || !link.complete(candidate)) {
      candidate.abort();
      return;
    }
    Reports.connected(events, candidate, Duration.ofNanos(System.nanoTime() - start));
  }

  /** A peer did not get through. */
  void fails(String peer, CulvertException why) {
    attempts.remove(peer);
    Reports.failed(events, peer, why);
    giveUpWhenOffline();
  }

  /** No further peers will come; one that is under way needs no server any more. */
  void isLast(CulvertException why) {
    offline = why;
    giveUpWhenOffline();
  }

  private void giveUpWhenOffline() {
    if (offline != null && attempts.isEmpty()) {
      link.completeExceptionally(offline);
    }
  }
}
