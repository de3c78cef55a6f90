package io.culvert.cli;

import io.culvert.lab.bench.AllocateBench;
import io.culvert.lab.bench.BenchException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert bench allocate}. */
@Command(
    name = "allocate",
    description =
        "Measures what allocations cost a TURN server: those that are refused, those that come and "
            + "go, those that stay; and, on loopback, what it keeps of strangers that ask once. Starts a "
            + "server of its own on loopback if none is named; leaves nothing behind.",
    footer = {"", "Example: culvert bench allocate --versus-coturn"})
final class BenchAllocateCommand implements Callable<Integer> {
  @Option(
      names = "--allocations",
      paramLabel = "N",
      defaultValue = "5000",
      description = "How many stay, 1 to " + AllocateBench.MAX_ALLOCATIONS + "; ${DEFAULT-VALUE}.")
  private int allocations;

  @Option(
      names = "--strangers",
      paramLabel = "N",
      defaultValue = "1000000",
      description =
          "How many ask once, 1 to " + AllocateBench.MAX_STRANGERS + "; ${DEFAULT-VALUE}.")
  private int strangers;

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() throws BenchException, InterruptedException {
    require("--allocations", allocations, AllocateBench.MAX_ALLOCATIONS);
    require("--strangers", strangers, AllocateBench.MAX_STRANGERS);
    return options.run("allocate", new AllocateBench(options.time(), strangers, allocations));
  }

  private static void require(String option, int given, int max) {
    if (given < 1 || given > max) {
      throw new UsageException("%s: from 1 to %d, not %d.".formatted(option, max, given));
    }
  }
}
