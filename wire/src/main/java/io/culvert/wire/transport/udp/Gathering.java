package io.culvert.wire.transport.udp;

import java.util.concurrent.TimeUnit;

/**
 * Says how long a loop may look away so that datagrams gather, as network cards do before they
 * interrupt: waking up costs as much as a datagram does, and once for several is enough. Nothing
 * waits while datagrams are rare, and nothing while they come faster than they are handled, for
 * then they have gathered already. Not thread-safe.
 */
final class Gathering {
  /** The most that a datagram waits: less than what its way through a network varies by. */
  static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** A rest must be worth as many datagrams. */
  private static final int WORTH = 3;

  /** A loop that finds more than this at a time has no time to rest. */
  static final int BUSY = 32;

  /** Over how many datagrams, about, the time between two of them is averaged. */
  private static final int MEMORY = 16;

  /** Whoever has been silent for longer is forgotten. */
  private static final double LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private double nanosBetween = LONGEST_NANOS;
  private long before;
  private long last;

  /** None has come so far. */
  Gathering(long now) {
    last = now;
  }

  /**
   * The time to rest now, in nanoseconds, or 0.
   *
   * @param all how many datagrams have been handled so far
   * @param now nanoseconds of any clock that only goes forward
   */
  long after(long all, long now) {
    long datagrams = all - before;
    if (datagrams == 0) {
      return 0;
    }
    before = all;
    double share = (double) Math.min(datagrams, MEMORY) / MEMORY;
    double between = Math.min((double) (now - last) / datagrams, LONGEST_NANOS);
    nanosBetween += (between - nanosBetween) * share;
    last = now;
    boolean worth = nanosBetween * WORTH < REST_NANOS;
    return worth && datagrams <= BUSY ? REST_NANOS : 0;
  }
}
