package io.culvert.cli;

import io.culvert.cli.Signals.Order;
import io.culvert.server.CulvertServer;
import io.culvert.server.config.ConfigChange;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigPrinter;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert server}. */
@Command(
    name = "server",
    description =
        "Runs the server until it is told to stop. "
            + "Prints the line \"ready\" on stdout when everything listens, and logs to stderr. "
            + "SIGHUP makes it read its configuration again, SIGTERM and Ctrl-C make it stop: at once when "
            + "no allocation of TURN is in use or when told a second time, else after turn.drain-timeout.",
    footer = {"", "Example: culvert server --config /etc/culvert.toml"})
final class ServerCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--public-ip", paramLabel = "IP", description = "The address handed to clients.")
  private @Nullable String publicIp;

  @Option(
      names = "--listen",
      paramLabel = "IP",
      description = "An address to listen on; may be repeated.")
  private List<String> listen = List.of();

  @Option(
      names = "--print-config",
      description = "Prints the default configuration with every key explained, and ends.")
  private boolean printConfig;

  @Override
  public Integer call() throws ConfigException, ServerStartException, InterruptedException {
    if (printConfig) {
      System.out.print(ConfigPrinter.print());
      return Culvert.WORKED;
    }
    ConfigReader reader = reader();
    try (CulvertServer server = CulvertServer.start(reader.read())) {
      Signals signals = Signals.take();
      for (Listener listener : server.listeners()) {
        System.err.printf("%-16s listens on %s%n", listener.name(), listener.where());
      }
      System.out.println("ready");
      System.out.flush();
      while (signals.await() == Order.RELOAD) {
        reader = reload(server, reader);
      }
      drain(server, reader.read().turn().drainTimeout(), signals);
    }
    System.err.println("stopped");
    return Culvert.WORKED;
  }

  private ConfigReader reader() throws ConfigException {
    return options
        .reader()
        .flag("--public-ip", "public-ip", publicIp)
        .flag("--listen", "listen", listen);
  }

  /** Returns what has been read for the configuration that holds now. */
  private ConfigReader reload(CulvertServer server, ConfigReader before) {
    try {
      ConfigReader now = reader();
      List<ConfigChange> changes = now.changesSince(before);
      server.reconfigure(now.read());
      System.err.println(
          changes.isEmpty()
              ? "reloaded: nothing in the configuration has changed"
              : "reloaded the configuration");
      for (ConfigChange change : changes) {
        System.err.printf(
            "%s has changed%s%n",
            change.key(), change.live() ? "" : ": restart the server for that");
      }
      return now;
    } catch (ConfigException | ServerStartException e) {
      System.err.println("culvert: " + e.getMessage() + " The configuration stays as it was.");
      return before;
    }
  }

  /** Waits for the allocations in use, unless it takes too long or a second signal comes. */
  private static void drain(CulvertServer server, Duration longest, Signals signals)
      throws InterruptedException {
    CompletableFuture<Void> drained = server.drain();
    int allocations = server.allocations();
    if (allocations > 0) {
      System.err.printf(
          "waiting up to %d s for %d allocations in use; a second signal stops the server at once%n",
          longest.toSeconds(), allocations);
    }
    CompletableFuture<Void> end = drained.thenRun(() -> signals.give(Order.STOP));
    long deadline = System.nanoTime() + longest.toNanos();
    Order order = Order.RELOAD;
    while (order == Order.RELOAD) {
      order = signals.await(Duration.ofNanos(deadline - System.nanoTime()));
    }
    end.cancel(false);
  }
}
