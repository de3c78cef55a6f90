package io.culvert.server.tcppunch;

import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.net.Listeners.Listener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a JVM of its own, for more connections than one process may have both ends of. It
 * ends with its stdin, and so with this JVM.
 */
final class ServerProcess implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int HEAP_MB = 128;

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream questions;

  private ServerProcess(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    this.questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
  }

  static ServerProcess start() throws IOException {
    return new ServerProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MB + "m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ServerProcess.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  InetSocketAddress mainAddress() throws IOException {
    return new InetSocketAddress(LOOPBACK, Math.toIntExact(ask("main")));
  }

  InetSocketAddress auxAddress() throws IOException {
    return new InetSocketAddress(LOOPBACK, Math.toIntExact(ask("aux")));
  }

  int online() throws IOException {
    return Math.toIntExact(ask("online"));
  }

  /** Bytes on the heap after a garbage collection. */
  long heap() throws IOException {
    return ask("heap");
  }

  private long ask(String question) throws IOException {
    questions.println(question);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("The server's process has ended.");
    }
    return Long.parseLong(answer);
  }

  @Override
  public void close() {
    questions.close();
    try {
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    } finally {
      process.destroyForcibly();
    }
  }

  /** What runs in the process: answers the questions with a number each. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    // The default limit: the many come from one address here, as they do behind a provider's NAT.
    try (TcpPunchServer server =
        TcpPunchServer.start(List.of(LOOPBACK), new TcpPunchConfig(true, 0, 0, 16_384))) {
      for (String line = questions.readLine(); line != null; line = questions.readLine()) {
        System.out.println(
            switch (line) {
              case "main" -> port(server.listeners().getFirst());
              case "aux" -> port(server.listeners().getLast());
              case "online" -> server.online();
              case "heap" -> heapAfterCollection();
              default -> throw new IllegalArgumentException(line);
            });
      }
    }
  }

  private static long port(Listener listener) {
    return listener.address().getPort();
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
