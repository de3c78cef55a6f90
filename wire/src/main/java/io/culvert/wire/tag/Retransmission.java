package io.culvert.wire.tag;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * When a request that has not been answered is repeated, and when it has failed: the pauses between
 * its transmissions are 250, 500, 1000 and 2000 ms, and after another 2000 ms it has failed. Not
 * thread-safe; has no clock of its own.
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

  /** Since the first transmission. */
  private static final List<Duration> REPEATS =
      List.of(
          Duration.ofMillis(250),
          Duration.ofMillis(750),
          Duration.ofMillis(1750),
          Duration.ofMillis(3750));

  private static final Duration FAILURE = Duration.ofMillis(5750);

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
