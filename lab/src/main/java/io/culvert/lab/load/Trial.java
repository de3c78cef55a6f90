package io.culvert.lab.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** One measurement: the same load first to warm up, then measured, then what is still under way. */
record Trial(SpinLoop loop, LoadOrder order, Meter meter) {
  private static final long STRAGGLERS_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final Step NOTHING = _ -> {};

  LoadResult run(Step load) throws LoadException, IOException {
    long time = TimeUnit.MILLISECONDS.toNanos(order.millis());
    loop.spin(time, load);

    meter.beginTrial();
    long cpu = ProcessCpu.nanos(order.pid());
    long start = System.nanoTime();
    long arrived = meter.arrived();
    loop.spin(time, load);
    long took = System.nanoTime() - start;
    long cpuTook = ProcessCpu.nanos(order.pid()) - cpu;
    long done = meter.arrived() - arrived;

    loop.spin(STRAGGLERS_NANOS, NOTHING, () -> meter.missing() <= 0);
    if (done == 0) {
      throw new LoadException("the server answers nothing within " + order.millis() + " ms");
    }
    return new LoadResult(
        done,
        meter.sent(),
        Math.max(0, meter.missing()),
        took,
        cpuTook,
        meter.arrivedBytes(),
        meter.latency());
  }
}
