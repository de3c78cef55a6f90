package io.culvert.cli;

import io.culvert.server.CulvertServer;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigPrinter;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert server}. */
@Command(
    name = "server",
    description = {
      "Runs the server until it is told to stop.",
      "Prints the line \"ready\" on stdout when everything listens, and logs to stderr."
    },
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
    ConfigReader reader =
        options
            .reader()
            .flag("--public-ip", "public-ip", publicIp)
            .flag("--listen", "listen", listen);
    run(CulvertServer.start(reader.read()));
    return Culvert.WORKED;
  }

  private static void run(CulvertServer server) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    // SIGTERM and Ctrl-C are how a server is told to stop: that it did is no failure.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  System.err.println("stopped");
                  Runtime.getRuntime().halt(Culvert.WORKED);
                },
                "culvert-stop"));
    for (Listener listener : server.listeners()) {
      System.err.printf("%-16s listens on %s%n", listener.name(), listener.where());
    }
    System.out.println("ready");
    System.out.flush();
    never.await();
  }
}
