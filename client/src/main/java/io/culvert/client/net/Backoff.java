package io.culvert.client.net;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pauses between attempts to reach a server again: twice as long each time up to a bound, and a
 * random part shorter, so that not all clients of a server that was away come at once. Not
 * thread-safe.
 */
public final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private Duration next = FIRST;

  /** How long to wait before the next attempt. */
  public Duration nextPause() {
    Duration longest = next;
    next = next.compareTo(LONGEST.dividedBy(2)) < 0 ? next.multipliedBy(2) : LONGEST;
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextLong(longest.toMillis() / 2, longest.toMillis() + 1));
  }

  /** An attempt has succeeded. */
  public void reset() {
    next = FIRST;
  }
}
