package io.culvert.lab.load;

/** Sends more than arrives, in bursts of equal packets, from one source after the other. */
final class Flood implements Step {
  /** What a busy sender hands to the kernel at once; 64 would be the most that it takes. */
  private static final int BURST = 32;

  private final int sources;
  private final Source source;
  private final Meter meter;
  private final Throttle throttle = new Throttle(System.nanoTime());
  private int next;

  Flood(int sources, Source source, Meter meter) {
    this.sources = sources;
    this.source = source;
    this.meter = meter;
  }

  /** Every source has its turn at most once: then it is time to receive. */
  @Override
  public void at(long now) {
    int may = throttle.allowed(now, meter.arrived());
    for (int turn = 0; turn < sources && may >= BURST; turn++) {
      for (int i = 0; i < BURST; i++) {
        source.send(next, now);
      }
      throttle.left(BURST);
      may -= BURST;
      next = (next + 1) % sources;
    }
  }
}
