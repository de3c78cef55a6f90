package io.culvert.cli;

import io.culvert.client.ServerAddress;
import io.culvert.lab.bench.Bench;
import io.culvert.lab.bench.BenchException;
import io.culvert.lab.bench.BenchReport;
import io.culvert.lab.bench.BenchRun;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all benches of STUN and TURN can be told: which server, and how to print. */
final class BenchOptions {
  private static final int MAX_SECONDS = 60;
  private static final int STUN_PORT = 3478;

  @Option(
      names = "--against",
      paramLabel = "HOST[:PORT]",
      description = "Measures a server that runs already. Without it, one of ours is started.")
  private @Nullable String against;

  @Option(
      names = "--versus-coturn",
      description =
          "Starts Debian's turnserver and our server on the same core in turn, each twice, and shows "
              + "both.")
  private boolean versusCoturn;

  @Option(names = "--user", paramLabel = "NAME", description = "The user, with --against.")
  private @Nullable String user;

  @Option(
      names = "--password",
      paramLabel = "TEXT",
      description = "The password, with --against; other users of this machine can see it.")
  private @Nullable String password;

  @Option(
      names = "--pid",
      description =
          "The server's process, with --against: its CPU time and memory are read. Found by the port "
              + "where that is possible.")
  private @Nullable Long pid;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How long each measurement takes, 1 to " + MAX_SECONDS + "; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--json", description = "Prints one JSON object instead of a table.")
  private boolean json;

  /** How long each measurement is to take. */
  Duration time() {
    within("--seconds", seconds, MAX_SECONDS);
    return Duration.ofSeconds(seconds);
  }

  /** Measures what the options say, and prints it. */
  int run(String name, Bench bench) throws BenchException, InterruptedException {
    print(name, measure(new BenchRun(bench, System.err::println)), json);
    return Culvert.WORKED;
  }

  /** Refuses what is less than one or more than that. */
  static void within(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new UsageException("%s: from 1 to %d, not %d.".formatted(option, most, value));
    }
  }

  static void print(String name, BenchReport report, boolean json) {
    if (json) {
      System.out.println(BenchPrinter.json(name, report));
    } else {
      System.out.print(BenchPrinter.table(report));
    }
    System.out.flush();
  }

  private BenchReport measure(BenchRun run) throws BenchException, InterruptedException {
    if (against == null) {
      if (user != null || password != null || pid != null) {
        throw new UsageException("--user, --password and --pid belong to --against.");
      }
      return versusCoturn ? run.versusCoturn() : run.ours();
    }
    if (versusCoturn) {
      throw new UsageException("Give either --against or --versus-coturn.");
    }
    return run.against(
        server(against),
        user == null ? "" : user,
        password == null ? "" : password,
        pid == null ? OptionalLong.empty() : OptionalLong.of(pid));
  }

  private static InetSocketAddress server(String text) {
    try {
      return ServerAddress.parse(text, STUN_PORT).resolve();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--against: " + e.getMessage() + ".");
    } catch (UnknownHostException e) {
      throw new UsageException("--against: the host " + e.getMessage() + ".");
    }
  }
}
