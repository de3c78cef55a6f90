package io.culvert.traversal.ice;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether the other end of the path in use is still there, as far as one can know: it has been
 * since the last word from it, and is in doubt when what was sent after that stays without one. Not
 * thread-safe.
 */
final class Liveness {
  /** A peer that has nothing to say acknowledges data at once, but perhaps not each packet. */
  private static final Duration LEAST_PATIENCE = Duration.ofMillis(250);

  private static final Duration LEAST_GRACE = Duration.ofMillis(200);

  private @Nullable Instant waitingSince;
  private @Nullable Instant doubtedSince;

  /** Something has been sent; says whether a word is awaited only from now on. */
  boolean sent(Instant now) {
    boolean isFirst = waitingSince == null;
    if (isFirst) {
      waitingSince = now;
    }
    return isFirst;
  }

  /** Something has come. */
  void heard() {
    waitingSince = null;
    doubtedSince = null;
  }

  /** It is asked now whether the other end is still there. */
  void doubt(Instant now) {
    if (doubtedSince == null) {
      doubtedSince = now;
    }
  }

  boolean isDoubted() {
    return doubtedSince != null;
  }

  /** When the next step is due: to ask, or to take the other end for gone. */
  Instant next(@Nullable Duration roundTrip) {
    if (doubtedSince != null) {
      // Who has not asked, because it was stopped itself, has not been left without an answer.
      return doubtedSince.plus(atLeast(LEAST_GRACE, roundTrip, 2));
    }
    return waitingSince == null
        ? Instant.MAX
        : waitingSince.plus(atLeast(LEAST_PATIENCE, roundTrip, 3));
  }

  /**
   * Whether a pair does not answer either. All are asked when the one in use is in doubt, for they
   * may be dead as well.
   */
  boolean isSilent(Pair pair, Instant now) {
    Instant last = pair.lastAnswer();
    Duration roundTrip = pair.roundTrip();
    return doubtedSince != null
        && last != null
        && roundTrip != null
        && last.isBefore(doubtedSince)
        && !doubtedSince.plus(roundTrip.multipliedBy(2)).isAfter(now);
  }

  private static Duration atLeast(Duration least, @Nullable Duration roundTrip, int times) {
    if (roundTrip == null) {
      return least;
    }
    Duration several = roundTrip.multipliedBy(times);
    return several.compareTo(least) > 0 ? several : least;
  }
}
