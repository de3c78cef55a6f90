package io.culvert.lab.load;

/**
 * Says how much to send so that a server is never idle and yet not drowned: a quarter more than has
 * arrived lately. What it offers grows by a quarter each time when all of it arrives, and falls
 * only slowly when the server pauses. Not thread-safe.
 */
final class Throttle {
  private static final double EXCESS = 1.25;
  private static final double FALL = 0.95;
  private static final double LEAST_PER_SECOND = 20_000;
  private static final long INTERVAL_NANOS = 10_000_000;

  /** A generator that was held up does not catch up on more than this. */
  private static final double LONGEST_PAUSE_SECONDS = 0.002;

  private double perSecond = LEAST_PER_SECOND;
  private double allowed;
  private long last;
  private long intervalBegan;
  private long arrivedThen;

  Throttle(long now) {
    last = now;
    intervalBegan = now;
  }

  /** How many packets may leave now, of which so many have arrived so far. */
  int allowed(long now, long arrived) {
    long interval = now - intervalBegan;
    if (interval >= INTERVAL_NANOS) {
      double wanted = EXCESS * (arrived - arrivedThen) * 1e9 / interval;
      perSecond = Math.max(LEAST_PER_SECOND, Math.max(wanted, FALL * perSecond));
      intervalBegan = now;
      arrivedThen = arrived;
    }
    double seconds = Math.min((now - last) / 1e9, LONGEST_PAUSE_SECONDS);
    last = now;
    allowed = Math.min(allowed + seconds * perSecond, LONGEST_PAUSE_SECONDS * perSecond);
    return (int) allowed;
  }

  /** So many have left. */
  void left(int packets) {
    allowed -= packets;
  }
}
