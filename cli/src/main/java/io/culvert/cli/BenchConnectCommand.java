package io.culvert.cli;

import io.culvert.lab.bench.BenchReport;
import io.culvert.lab.bench.ConnectBench;
import io.culvert.lab.bench.ForeignConnectBench;
import io.culvert.lab.foreign.ForeignStack;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert bench connect}. */
@Command(
    name = "connect",
    description =
        "Measures how long two peers take to connect through real NATs, 50 ms from each other and from "
            + "their server, and how long a connection is silent when a router reboots. Builds networks of "
            + "its own for that on this machine, and leaves nothing behind.",
    footer = {
      "",
      "Example: culvert bench connect --times 20",
      "         culvert bench connect --versus libnice,aioice,pion"
    })
final class BenchConnectCommand implements Callable<Integer> {
  private static final int MAX_TIMES = 200;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--times",
      paramLabel = "N",
      defaultValue = "10",
      description = "How often each is tried, 1 to " + MAX_TIMES + "; ${DEFAULT-VALUE}.")
  private int times;

  @Option(
      names = "--versus",
      paramLabel = "STACK",
      split = ",",
      description =
          "Measures only how long it takes two peers behind ordinary routers, in turns with other "
              + "people's ICE as Debian has it: libnice, aioice, pion.")
  private Set<ForeignStack> versus = EnumSet.noneOf(ForeignStack.class);

  @Option(names = "--json", description = "Prints one JSON object instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    BenchOptions.within("--times", times, MAX_TIMES);
    return LabRun.run(
        Objects.requireNonNull(spec),
        () -> {
          BenchOptions.print("connect", measured(), json);
          return Culvert.WORKED;
        });
  }

  private BenchReport measured() throws Exception {
    return versus.isEmpty()
        ? new ConnectBench(times, System.err::println).run()
        : new ForeignConnectBench(times, versus, System.err::println).run();
  }
}
