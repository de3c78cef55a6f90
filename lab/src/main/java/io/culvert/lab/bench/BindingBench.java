package io.culvert.lab.bench;

import io.culvert.lab.load.Load;
import io.culvert.lab.load.LoadException;
import io.culvert.lab.load.LoadGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What it costs to tell clients their addresses.
 *
 * @param time how long the measurement takes
 */
public record BindingBench(Duration time) implements Bench {
  @Override
  public List<Figure> measure(Subject server, LoadGenerator generator)
      throws LoadException, IOException {
    Reading reading =
        Reading.take("Binding requests", server.order(Load.BINDING).during(time), generator);
    return List.of(
        reading.rate("answers").should(Target.atLeastTimes(1.2)),
        reading.cpuEach(),
        reading.busy(),
        reading.answer());
  }
}
