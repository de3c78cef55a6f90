package io.culvert.server.net;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What strangers can cause as often as they like is told the operator at most once a minute.
 * Thread-safe.
 */
public final class OnceAMinute {
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier clock;
  private long lastNanos;

  /** Nothing has been told yet. */
  public OnceAMinute() {
    this(System::nanoTime);
  }

  /**
   * The same by another clock.
   *
   * @param clock in nanoseconds, which may begin anywhere
   */
  OnceAMinute(LongSupplier clock) {
    this.clock = clock;
    this.lastNanos = clock.getAsLong() - QUIET_NANOS;
  }

  /** Whether it may be told now; who hears yes tells it. */
  public synchronized boolean isDue() {
    long now = clock.getAsLong();
    if (now - lastNanos < QUIET_NANOS) {
      return false;
    }
    lastNanos = now;
    return true;
  }
}
