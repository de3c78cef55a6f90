package io.culvert.lab.bench;

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
