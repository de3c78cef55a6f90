package io.culvert.lab.bench;

import io.culvert.wire.transport.MonotonicTime;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's {@code turnserver} on loopback, with the options that make it fastest on one core: one
 * relay thread, no TLS, no TCP, nothing logged. It ends when it is closed; any thread may do that.
 */
final class Coturn implements Subject {
  private static final Path PROGRAM = Path.of("/usr/bin/turnserver");
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String USER = "bench";
  private static final String PASSWORD = "bench";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int POLL_MILLIS = 20;

  private final BenchData data;
  private final Process process;
  private final InetSocketAddress address;

  private Coturn(BenchData data, Process process, InetSocketAddress address) {
    this.data = data;
    this.process = process;
    this.address = address;
  }

  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  /** Starts it; it may not listen yet. */
  static Coturn start(List<String> launcher) throws IOException {
    int port = freePort();
    BenchData data = BenchData.create();
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            PROGRAM.toString(),
            "-n", // no configuration file
            "--listening-ip=127.0.0.1",
            "--relay-ip=127.0.0.1",
            "--listening-port=" + port,
            "--min-port=49152",
            "--max-port=65535",
            "--allow-loopback-peers",
            "--lt-cred-mech",
            "--realm=bench",
            "--user=" + USER + ":" + PASSWORD,
            "--relay-threads=1",
            "--no-tcp",
            "--no-tls",
            "--no-dtls",
            "--no-cli",
            "--no-rfc5780",
            "--no-software-attribute",
            "--no-stdout-log",
            "--log-file=/dev/null",
            "--userdb=" + data.directory().resolve("turndb"),
            "--pidfile=" + data.directory().resolve("turnserver.pid")));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    return new Coturn(data, process, new InetSocketAddress(LOOPBACK, port));
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void await() throws BenchException, IOException, InterruptedException {
    InstantSource clock = new MonotonicTime();
    Instant deadline = clock.instant().plus(PATIENCE);
    while (UdpOwner.of(address.getPort()) != process.pid()) {
      if (!process.isAlive() || clock.instant().isAfter(deadline)) {
        throw new BenchException("turnserver does not start: run it by hand to see why.");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  @Override
  public String name() {
    return "coturn";
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public String user() {
    return USER;
  }

  @Override
  public String password() {
    return PASSWORD;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public Memory memory() throws IOException {
    return Memory.residentOf(pid());
  }

  /** Kills it, for it takes its time to end by itself and has nothing to put away. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    data.close();
  }
}
