package io.culvert.lab.sim;

import java.time.Duration;

/**
 * How packets overtake one another.
 *
 * @param rate the share of packets that are held back, 0 to 1
 * @param by for how long
 */
public record Reordering(double rate, Duration by) {
  public static final Reordering NONE = new Reordering(0, Duration.ZERO);
}
