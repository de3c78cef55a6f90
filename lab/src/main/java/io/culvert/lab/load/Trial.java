package io.culvert.lab.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** One measurement: the same load first to warm up, then measured, then what is still under way. */
record Trial(SpinLoop loop, LoadOrder order, Tally tally) {
  private static final long STRAGGLERS_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final Step NOTHING = _ -> {};

  LoadResult run(Step load) throws LoadException, IOException {
    long time = TimeUnit.MILLISECONDS.toNanos(order.millis());
    loop.spin(time, load);

    tally.beginTrial();
    long cpu = ProcessCpu.nanos(order.pid());
    long start = System.nanoTime();
    long arrived = tally.arrived();
    loop.spin(time, load);
    long took = System.nanoTime() - start;
    long cpuTook = ProcessCpu.nanos(order.pid()) - cpu;
    long done = tally.arrived() - arrived;

    loop.spin(STRAGGLERS_NANOS, NOTHING, () -> tally.missing() <= 0);
    if (done == 0) {
      throw new LoadException("the server answers nothing within " + order.millis() + " ms");
    }
    return new LoadResult(
        done,
        tally.sent(),
        Math.max(0, tally.missing()),
        took,
        cpuTook,
        tally.arrivedBytes(),
        tally.latency());
  }
}
