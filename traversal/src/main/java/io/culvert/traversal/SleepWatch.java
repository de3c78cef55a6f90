package io.culvert.traversal;

import java.time.Duration;
import java.time.Instant;

/**
 * Tells that this process has stood still: its machine has slept, which the steady clock of most
 * systems does not count but the wall clock does, or it has been stopped itself, which both count.
 * To be asked once in every {@link #PERIOD}. A wall clock that is set back says nothing; one that
 * is set forward cannot be told from sleep. Not thread-safe; owns no clock.
 */
public final class SleepWatch {
  /** How often to ask. */
  public static final Duration PERIOD = Duration.ofSeconds(1);

  /** A timer of a machine that has much to do may be so late, and what is awaited still comes. */
  private static final Duration LATE = Duration.ofSeconds(3);

  private Instant lastSteady;
  private Instant lastWall;

  /** Awake now, by both clocks. */
  public SleepWatch(Instant steady, Instant wall) {
    lastSteady = steady;
    lastWall = wall;
  }

  /** For how long it has stood still since it was asked last; zero when it has not. */
  public Duration slept(Instant steady, Instant wall) {
    Duration bySteady = Duration.between(lastSteady, steady);
    Duration byWall = Duration.between(lastWall, wall);
    lastSteady = steady;
    lastWall = wall;
    Duration passed = bySteady.compareTo(byWall) > 0 ? bySteady : byWall;
    Duration slept = passed.minus(PERIOD);
    return slept.compareTo(LATE) < 0 ? Duration.ZERO : slept;
  }
}
