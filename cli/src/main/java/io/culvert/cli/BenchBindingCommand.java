package io.culvert.cli;

import io.culvert.lab.bench.BenchException;
import io.culvert.lab.bench.BindingBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert bench binding}. */
@Command(
    name = "binding",
    description =
        "Measures how many Binding requests a STUN server answers. Starts a server of its own on "
            + "loopback if none is named; leaves nothing behind.",
    footer = {"", "Example: culvert bench binding --against 127.0.0.1:3478"})
final class BenchBindingCommand implements Callable<Integer> {
  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() throws BenchException, InterruptedException {
    return options.run("binding", new BindingBench(options.time()));
  }
}
