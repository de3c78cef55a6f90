package io.culvert.traversal.ice;

import java.time.Duration;
import java.time.Instant;

/** Lets so many packets go at once, and one every so often after that. Not thread-safe. */
final class Pacer {
  private final int burst;
  private final Duration interval;

  /** When everything that has gone would have gone one by one. */
  private Instant paidUntil;

  Pacer(int burst, Duration interval, Instant now) {
    this.burst = burst;
    this.interval = interval;
    this.paidUntil = now;
  }

  /** When the next packet may go. */
  Instant next() {
    return paidUntil.minus(interval.multipliedBy(burst - 1L));
  }

  /** Whether a packet may go now, which it does then. */
  boolean take(Instant now) {
    if (next().isAfter(now)) {
      return false;
    }
    force(now);
    return true;
  }

  /** A packet goes now, whether it may or not. Others wait for it, but for one interval at most. */
  void force(Instant now) {
    Instant paid = (paidUntil.isBefore(now) ? now : paidUntil).plus(interval);
    Instant most = now.plus(interval.multipliedBy(burst));
    paidUntil = paid.isAfter(most) ? most : paid;
  }
}
