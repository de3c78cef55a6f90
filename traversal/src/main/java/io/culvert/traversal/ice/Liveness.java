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
  }

  /** When to ask whether the other end is still there; the far future while nothing is awaited. */
  Instant doubtfulAt(@Nullable Duration roundTrip) {
    return waitingSince == null
        ? Instant.MAX
        : waitingSince.plus(atLeast(LEAST_PATIENCE, roundTrip, 3));
  }

  /** When to take it for gone, for what was asked then is not answered either. */
  static Instant goneAt(Instant asked, @Nullable Duration roundTrip) {
    return asked.plus(atLeast(LEAST_GRACE, roundTrip, 2));
  }

  private static Duration atLeast(Duration least, @Nullable Duration roundTrip, int times) {
    if (roundTrip == null) {
      return least;
    }
    Duration several = roundTrip.multipliedBy(times);
    return several.compareTo(least) > 0 ? several : least;
  }
}
