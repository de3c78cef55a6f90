package io.culvert.lab.bench;

import java.util.Locale;

/**
 * What a figure should be.
 *
 * @param least whether more is better
 * @param ratio whether it is said as a multiple of what another server has
 * @param bound the least or the most
 */
public record Target(boolean least, boolean ratio, double bound) {
  static Target atLeastTimes(double bound) {
    return new Target(true, true, bound);
  }

  static Target atLeast(double bound) {
    return new Target(true, false, bound);
  }

  static Target atMostTimes(double bound) {
    return new Target(false, true, bound);
  }

  static Target atMost(double bound) {
    return new Target(false, false, bound);
  }

  /** As people write it. */
  public String format(Unit unit) {
    return (least ? "≥ " : "≤ ")
        + (ratio ? String.format(Locale.ROOT, "%.1f ×", bound) : unit.format(bound));
  }
}
