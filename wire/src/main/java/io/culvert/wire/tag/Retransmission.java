package io.culvert.wire.tag;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * When a request that has not been answered is repeated, and when it has failed: 250, 500, 1000 and
 * 2000 ms after it was sent first, and 4000 ms after. Not thread-safe; has no clock of its own.
 */
public final class Retransmission {
  /** What is to be done. */
  public enum Step {
    /** Nothing yet. */
    WAIT,
    /** Send the same bytes again. */
    REPEAT,
    /** Nobody will answer any more. */
    FAIL
  }

  private static final List<Duration> REPEATS =
      List.of(
          Duration.ofMillis(250),
          Duration.ofMillis(500),
          Duration.ofMillis(1000),
          Duration.ofMillis(2000));
  private static final Duration FAILURE = REPEATS.getLast().multipliedBy(2);

  private final Instant sent;
  private int passed;

  /** For a request that was sent for the first time at this moment. */
  public Retransmission(Instant sent) {
    this.sent = sent;
  }

  /** When {@link #at} has something to do next. */
  public Instant nextDeadline() {
    return sent.plus(passed < REPEATS.size() ? REPEATS.get(passed) : FAILURE);
  }

  /** What is due; what was missed meanwhile is not made up for. */
  public Step at(Instant now) {
    if (!now.isBefore(sent.plus(FAILURE))) {
      return Step.FAIL;
    }
    int before = passed;
    while (passed < REPEATS.size() && !now.isBefore(sent.plus(REPEATS.get(passed)))) {
      passed++;
    }
    return passed > before ? Step.REPEAT : Step.WAIT;
  }
}
