package io.culvert.cli;

import io.culvert.lab.bench.BenchException;
import io.culvert.lab.bench.RelayBench;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert bench relay}. */
@Command(
    name = "relay",
    description =
        "Measures what it costs a TURN server to relay ChannelData: four flows that never pause, each "
            + "way, and a hundred slow ones both ways at once. Starts a server of its own on loopback if "
            + "none is named; leaves nothing behind.",
    footer = {"", "Example: culvert bench relay --versus-coturn"})
final class BenchRelayCommand implements Callable<Integer> {
  @Option(
      names = "--size",
      paramLabel = "BYTES",
      split = ",",
      defaultValue = "120,1200",
      description =
          "Payload of a packet, "
              + RelayBench.MIN_SIZE
              + " to "
              + RelayBench.MAX_SIZE
              + "; ${DEFAULT-VALUE}.")
  private List<Integer> sizes = List.of();

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() throws BenchException, InterruptedException {
    for (int size : sizes) {
      if (size < RelayBench.MIN_SIZE || size > RelayBench.MAX_SIZE) {
        throw new UsageException(
            "--size: from %d to %d, not %d."
                .formatted(RelayBench.MIN_SIZE, RelayBench.MAX_SIZE, size));
      }
    }
    return options.run("relay", new RelayBench(sizes, options.time()));
  }
}
