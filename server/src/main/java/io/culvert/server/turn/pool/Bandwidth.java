package io.culvert.server.turn.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may be relayed in a second, by one user or by all: a token bucket of a tenth of a
 * second, full at first. Threads share it without a lock: each has a {@link Share}, which draws
 * bytes for several packets at once when the rate is high.
 *
 * <p>A packet passes when the bucket is not empty, however large it is; the bucket then owes, so
 * that the mean is right for packets of any size.
 */
public final class Bandwidth {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What the bucket holds when it is full, in nanoseconds of the rate. */
  private static final long DEPTH = SECOND / 10;

  /** What a share draws in advance: half a millisecond of the rate, and never more than this. */
  private static final long DRAWS_PER_SECOND = 2_000;

  private static final long MAX_DRAW = 1 << 16;

  /** 0 is without a limit. */
  private volatile long bytesPerSecond;

  /** When what has been drawn will have been earned, in nanoseconds. */
  private final AtomicLong earned;

  /**
   * A full bucket.
   *
   * @param bytesPerSecond 0 is without a limit
   * @param now in nanoseconds, which may begin anywhere
   */
  public Bandwidth(long bytesPerSecond, long now) {
    this.bytesPerSecond = checked(bytesPerSecond);
    this.earned = new AtomicLong(now - DEPTH);
  }

  /** Another rate from now on; 0 is without a limit. */
  public void limit(long newBytesPerSecond) {
    bytesPerSecond = checked(newBytesPerSecond);
  }

  /**
   * Whether nothing is owed, so that a new bucket would be the same.
   *
   * @param now in nanoseconds
   */
  boolean isFull(long now) {
    return bytesPerSecond == 0 || earned.get() - (now - DEPTH) <= 0;
  }

  /** A share for one thread. */
  public Share share() {
    return new Share();
  }

  /** What one thread draws from the bucket. Not thread-safe. */
  public final class Share {
    private long left;

    private Share() {}

    /**
     * Whether so many bytes may be relayed now; if so, they are counted.
     *
     * @param now in nanoseconds
     */
    public boolean take(int bytes, long now) {
      long rate = bytesPerSecond;
      if (rate == 0) {
        return true;
      }
      if (left < bytes) {
        long drawn = Math.max(bytes - left, Math.min(rate / DRAWS_PER_SECOND, MAX_DRAW));
        if (!draw(drawn, rate, now)) {
          return false;
        }
        left += drawn;
      }
      left -= bytes;
      return true;
    }

    /** The same of this bucket and of another one, or of neither. */
    public boolean takeWith(Share other, int bytes, long now) {
      if (!take(bytes, now)) {
        return false;
      }
      boolean both = other.take(bytes, now);
      if (!both && bytesPerSecond != 0) {
        left += bytes;
      }
      return both;
    }
  }

  private boolean draw(long bytes, long rate, long now) {
    // Rounded up: at rates of many gigabits a nanosecond is not nothing.
    long nanos = Math.ceilDiv(bytes * SECOND, rate);
    while (true) {
      long before = earned.get();
      if (before - now > 0) {
        return false;
      }
      long start = before - (now - DEPTH) < 0 ? now - DEPTH : before;
      if (earned.compareAndSet(before, start + nanos)) {
        return true;
      }
    }
  }

  private static long checked(long bytesPerSecond) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("a rate is at least 0, which is no limit");
    }
    return bytesPerSecond;
  }
}
