package io.culvert.lab.bench;

import io.culvert.lab.load.LoadException;
import io.culvert.lab.load.LoadGenerator;
import io.culvert.lab.load.LoadOrder;
import io.culvert.lab.load.LoadResult;
import java.io.IOException;

/** One load and what came of it, as figures. */
record Reading(String what, LoadResult result, boolean cpuKnown) {
  /** Does it. */
  static Reading take(String what, LoadOrder order, LoadGenerator generator)
      throws LoadException, IOException {
    return new Reading(what, generator.run(order), order.pid() != 0);
  }

  Figure rate(String name) {
    return figure(name, Unit.PER_SECOND, result.perSecond());
  }

  /** What one of those costs the server's process. */
  Figure cpuEach() {
    return figure("CPU each", Unit.MICROSECONDS, cpuKnown ? result.cpuMicrosEach() : Double.NaN);
  }

  /** How much of a core the server has used: much less than 100 % means that it has waited. */
  Figure busy() {
    return figure("server busy", Unit.PERCENT, cpuKnown ? 100 * result.busy() : Double.NaN);
  }

  Figure lost() {
    return figure("lost", Unit.PERCENT, 100 * result.lostShare());
  }

  Figure answer() {
    return figure("answer", Unit.BYTES, result.answerBytes());
  }

  Figure figure(String name, Unit unit, double value) {
    return Figure.of(what, name, unit, value);
  }
}
