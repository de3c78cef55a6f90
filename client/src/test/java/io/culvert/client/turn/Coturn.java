package io.culvert.client.turn;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's TURN server, on the loopback address; peers are on that, too. */
public final class Coturn implements AutoCloseable {
  public static final String USER = "alice";
  public static final String PASSWORD = "secret";

  private static final int ATTEMPTS = 3;

  /** RFC 8489 §5: a Binding request of any transaction. */
  private static final byte[] BINDING =
      HexFormat.of().parseHex("000100002112a442" + "0123456789abcdef01234567");

  private static final Path PROGRAM = Path.of("/usr/bin/turnserver");
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final Process process;
  private final InetSocketAddress address;
  private final InetSocketAddress tlsAddress;

  private Coturn(Process process, InetSocketAddress address, InetSocketAddress tlsAddress) {
    this.process = process;
    this.address = address;
    this.tlsAddress = tlsAddress;
  }

  /** Whether it is installed. */
  public static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  /**
   * Starts one on a free port, and on another when it does not answer there.
   *
   * @param folder for what it writes
   * @param options more than are needed for it to run
   */
  public static Coturn start(Path folder, String... options) throws IOException {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      Coturn started = startOnce(folder, options);
      if (started.answers()) {
        return started;
      }
      started.close();
    }
    return startOnce(folder, options);
  }

  /** One that is starting is deaf. */
  private boolean answers() throws IOException {
    try (DatagramSocket asking = new DatagramSocket(0, LOOPBACK)) {
      asking.setSoTimeout(100);
      for (int question = 0; question < 50; question++) {
        asking.send(new DatagramPacket(BINDING, BINDING.length, address));
        try {
          asking.receive(new DatagramPacket(new byte[200], 200));
          return true;
        } catch (SocketTimeoutException e) {
          // Once more.
        }
      }
      return false;
    }
  }

  private static Coturn startOnce(Path folder, String... options) throws IOException {
    int port = freePort();
    int tlsPort = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "-n",
                "--no-cli",
                "--no-dtls",
                "--tls-listening-port=" + tlsPort,
                "--lt-cred-mech",
                "--user=" + USER + ":" + PASSWORD,
                "--realm=culvert",
                "--listening-ip=127.0.0.1",
                "--relay-ip=127.0.0.1",
                "--allow-loopback-peers",
                "--listening-port=" + port,
                "--db=" + folder.resolve("turndb"),
                "--pidfile=" + folder.resolve("pid"),
                "--log-file=stdout"));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new Coturn(
        process, new InetSocketAddress(LOOPBACK, port), new InetSocketAddress(LOOPBACK, tlsPort));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** Where it speaks TLS, if its options name a certificate and a key. */
  public InetSocketAddress tlsAddress() {
    return tlsAddress;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Free for TCP as well, which coturn listens at, too. */
  private static int freePort() throws IOException {
    while (true) {
      try (ServerSocket stream = new ServerSocket(0, 1, LOOPBACK);
          DatagramSocket datagrams = new DatagramSocket(stream.getLocalPort(), LOOPBACK)) {
        return datagrams.getLocalPort();
      } catch (BindException e) {
        // Somebody has it for UDP.
      }
    }
  }
}
