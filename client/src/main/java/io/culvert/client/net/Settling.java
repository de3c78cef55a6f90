package io.culvert.client.net;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When what comes in a crowd is over: shortly after the last of it, but not too long after the
 * first. Not thread-safe; owns no clock.
 */
final class Settling {
  /** An interface that comes up gets its addresses and routes one after the other. */
  static final Duration QUIET = Duration.ofMillis(50);

  static final Duration LONGEST = Duration.ofMillis(500);

  private @Nullable Instant first;
  private Instant last = Instant.MIN;

  /** One more has come. */
  void stirred(Instant now) {
    if (first == null) {
      first = now;
    }
    last = now;
  }

  /** When it is over as far as is known; empty when nothing has come. */
  Optional<Instant> over() {
    return Optional.ofNullable(first)
        .map(begin -> {
          Instant quiet = last.plus(QUIET);
          Instant end = begin.plus(LONGEST);
          return quiet.isBefore(end) ? quiet : end;
        });
  }

  /** It is; what comes now is another. */
  void settled() {
    first = null;
  }
}
