package io.culvert.cli;

import io.culvert.lab.bench.BenchException;
import io.culvert.lab.bench.ThroughputBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culvert bench throughput}. */
@Command(
    name = "throughput",
    description =
        "Measures how fast one stream between two peers is over loopback, end-to-end encrypted, and "
            + "Netty's QUIC with nothing around it in turns with that. Leaves nothing behind.",
    footer = {"", "Example: culvert bench throughput --megabytes 200"})
final class BenchThroughputCommand implements Callable<Integer> {
  private static final int MAX_MEGABYTES = 10_000;
  private static final int MAX_ROUNDS = 20;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "500",
      description = "How much is sent each time, 1 to " + MAX_MEGABYTES + "; ${DEFAULT-VALUE}.")
  private int megabytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many times each is measured, 1 to " + MAX_ROUNDS + "; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--json", description = "Prints one JSON object instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws BenchException, InterruptedException {
    BenchOptions.within("--megabytes", megabytes, MAX_MEGABYTES);
    BenchOptions.within("--rounds", rounds, MAX_ROUNDS);
    LabRun.quiet();
    BenchOptions.print(
        "throughput", new ThroughputBench(megabytes, rounds, System.err::println).run(), json);
    return Culvert.WORKED;
  }
}
