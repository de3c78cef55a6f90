package io.culvert.lab.load;

/**
 * Sends more than arrives, from one source after the other. What one source sends at once is
 * equally long, so that it can pass through the kernel as one packet (UDP_SEGMENT, UDP_GRO).
 */
final class Flood implements Step {
  /** What a busy sender hands to the kernel at once; 64 would be the most that it takes. */
  static final int BURST = 32;

  /** Every packet passes through the kernel alone. */
  static final int ONE_BY_ONE = 1;

  private final int sources;
  private final int burst;
  private final Source source;
  private final Tally tally;
  private final Throttle throttle = new Throttle(System.nanoTime());
  private int next;

  Flood(int sources, int burst, Source source, Tally tally) {
    this.sources = sources;
    this.burst = burst;
    this.source = source;
    this.tally = tally;
  }

  /** Every source has its turn at most once: then it is time to receive. */
  @Override
  public void at(long now) {
    int may = throttle.allowed(now, tally.arrived());
    for (int turn = 0; turn < sources && may >= burst; turn++) {
      for (int i = 0; i < burst; i++) {
        source.send(next, now);
      }
      throttle.left(burst);
      may -= burst;
      next = (next + 1) % sources;
    }
  }
}
