package io.culvert.lab.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One number of a report.
 *
 * @param what the load that it belongs to
 * @param name what of that it says
 * @param value NaN when it is not known
 */
public record Figure(String what, String name, Unit unit, double value, Optional<Target> target) {
  static Figure of(String what, String name, Unit unit, double value) {
    return new Figure(what, name, unit, value, Optional.empty());
  }

  /** So many of the times, as a share, are no longer; NaN when there are none. */
  static Figure percentile(String what, String name, List<Duration> times, double share) {
    double millis =
        times.stream()
            .sorted()
            .skip((long) Math.ceil(share * times.size()) - 1)
            .mapToDouble(time -> time.toNanos() / 1e6)
            .findFirst()
            .orElse(Double.NaN);
    return of(what, name, Unit.MILLISECONDS, millis);
  }

  Figure should(Target itsTarget) {
    return new Figure(what, name, unit, value, Optional.of(itsTarget));
  }

  /** Whether it is the same figure of another run. */
  boolean isSameAs(Figure other) {
    return what.equals(other.what) && name.equals(other.name);
  }

  Figure with(double itsValue) {
    return new Figure(what, name, unit, itsValue, target);
  }
}
