package io.culvert.traversal.portmap;

import java.time.Duration;
import java.time.Instant;

/** A request that is sent until it is answered, after ever longer pauses, or not any more. */
final class Retransmission {
  private final Instant end;
  private Duration pause;
  private Instant next;

  /** One that is due then, again after that pause, then after twice as long, and so on. */
  Retransmission(Duration pause, Duration patience, Instant start) {
    this.end = start.plus(patience);
    this.pause = pause;
    this.next = start;
  }

  /** Whether it is to be sent now; counts it as sent. */
  boolean isDue(Instant now) {
    if (next.isAfter(now) || isOver(now)) {
      return false;
    }
    next = now.plus(pause);
    pause = pause.multipliedBy(2);
    return true;
  }

  /** Whether nobody will answer. */
  boolean isOver(Instant now) {
    return !now.isBefore(end);
  }

  Instant nextDeadline() {
    return next.isBefore(end) ? next : end;
  }
}
