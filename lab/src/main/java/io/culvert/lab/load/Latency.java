package io.culvert.lab.load;

import java.util.Arrays;

/** How long packets take, in microseconds: so much at most for half of them, 90 %, 99 %, all. */
public record Latency(double p50, double p90, double p99, double max) {
  /** Nothing was timed. */
  public static final Latency NONE = new Latency(0, 0, 0, 0);

  /** That of the first so many of these times in nanoseconds, which are sorted for it. */
  static Latency of(long[] nanos, int count) {
    if (count == 0) {
      return NONE;
    }
    Arrays.sort(nanos, 0, count);
    return new Latency(
        at(nanos, count, 50), at(nanos, count, 90), at(nanos, count, 99), at(nanos, count, 100));
  }

  /** The least time that so many percent do not exceed (nearest rank). */
  private static double at(long[] sorted, int count, int percent) {
    int rank = (int) (((long) count * percent + 99) / 100);
    return sorted[rank - 1] / 1e3;
  }
}
