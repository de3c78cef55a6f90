package io.culvert.lab.bench;

import io.culvert.lab.bench.BenchReport.Run;
import io.culvert.lab.load.LoadException;
import io.culvert.lab.load.LoadGenerator;
import io.culvert.wire.transport.SocketError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Runs a bench against servers, and ends whatever it starts for that, also at Ctrl-C. */
public final class BenchRun {
  private final Bench bench;
  private final Consumer<String> progress;

  /**
   * A run that has not begun.
   *
   * @param progress gets a line whenever a server's turn begins
   */
  public BenchRun(Bench bench, Consumer<String> progress) {
    this.bench = bench;
    this.progress = progress;
  }

  /** Starts our own server, on a core of its own where there are several, and measures it. */
  public BenchReport ours() throws BenchException, InterruptedException {
    return measure(split(), List.of(Culvert::start));
  }

  /**
   * Starts Debian's coturn and our own server in turn, on the same core, and measures each twice.
   *
   * @throws BenchException also when coturn is not installed
   */
  public BenchReport versusCoturn() throws BenchException, InterruptedException {
    if (!Coturn.isInstalled()) {
      throw new BenchException("There is no turnserver here: install the package coturn.");
    }
    return measure(split(), List.of(Coturn::start, Culvert::start, Coturn::start, Culvert::start));
  }

  /**
   * Measures a server that runs.
   *
   * @param pid its process, when it is on this machine and cannot be found by its port
   */
  public BenchReport against(
      InetSocketAddress server, String user, String password, OptionalLong pid)
      throws BenchException, InterruptedException {
    if (pid.isPresent() && ProcessHandle.of(pid.getAsLong()).isEmpty()) {
      throw new BenchException("There is no process %d here.".formatted(pid.getAsLong()));
    }
    try {
      Foreign foreign =
          new Foreign(server, user, password, pid.isPresent() ? pid.getAsLong() : owner(server));
      return measure(new Cores(List.of(), List.of()), List.of(_ -> foreign));
    } catch (IOException e) {
      throw nothingMeasured(e);
    }
  }

  /** The process of a server that is on this machine. */
  private static long owner(InetSocketAddress server) throws IOException {
    boolean here =
        server.getAddress().isLoopbackAddress()
            || NetworkInterface.getByInetAddress(server.getAddress()) != null;
    return here ? UdpOwner.of(server.getPort()) : 0;
  }

  private BenchReport measure(Cores cores, List<Starter> starters)
      throws BenchException, InterruptedException {
    List<Run> runs = new ArrayList<>();
    try (AtExit atExit = new AtExit();
        LoadGenerator generator = LoadGenerator.start(cores.generatorLauncher())) {
      atExit.run(generator::close);
      for (int i = 0; i < starters.size(); i++) {
        try (Subject server = starters.get(i).start(cores.serverLauncher())) {
          atExit.run(server::close);
          progress.accept(
              "measuring %s (%d of %d) ...".formatted(server.name(), i + 1, starters.size()));
          server.await();
          runs.add(new Run(server.name(), bench.measure(server, generator)));
        }
      }
    } catch (LoadException e) {
      throw new BenchException("Nothing can be measured: " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw nothingMeasured(e);
    }
    return new BenchReport(Optional.of(!cores.server().isEmpty()), runs);
  }

  private static Cores split() throws BenchException {
    try {
      return Cores.split();
    } catch (IOException e) {
      throw nothingMeasured(e);
    }
  }

  private static BenchException nothingMeasured(IOException e) {
    return new BenchException("Nothing can be measured: " + SocketError.explain(e) + ".", e);
  }

  /** What starts a server. */
  @FunctionalInterface
  private interface Starter {
    /** Starts it behind a launcher. */
    Subject start(List<String> launcher) throws IOException;
  }
}
