package io.culvert.lab.net;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a cable holds each packet back in one direction.
 *
 * @param least the shortest time, up to ten seconds
 * @param jitter how much more it may be, each time drawn anew and evenly; up to ten seconds
 * @param overtaking whether a packet that has drawn a short time arrives before an earlier one; or
 *     else it arrives right behind that one, as out of a queue
 */
public record Delay(Duration least, Duration jitter, boolean overtaking) {
  private static final Duration MAX = Duration.ofSeconds(10);

  /** Packets pass at once. */
  public static final Delay NONE = of(Duration.ZERO);

  public Delay {
    require(least);
    require(jitter);
  }

  /** The same time for all packets. */
  public static Delay of(Duration time) {
    return new Delay(time, Duration.ZERO, false);
  }

  /** The same time for all packets, in milliseconds. */
  public static Delay ofMillis(int millis) {
    return of(Duration.ofMillis(millis));
  }

  public Delay withJitter(Duration other) {
    return new Delay(least, other, overtaking);
  }

  /** This delay, with packets that change their order. */
  public Delay withOvertaking() {
    return new Delay(least, jitter, true);
  }

  /** The time for one packet, in nanoseconds. */
  long draw(RandomGenerator random) {
    return least.toNanos() + (jitter.isZero() ? 0 : random.nextLong(jitter.toNanos() + 1));
  }

  private static void require(Duration time) {
    if (time.isNegative() || time.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "A cable holds packets back for 0 to " + MAX.toSeconds() + " s, and not for " + time);
    }
  }
}
