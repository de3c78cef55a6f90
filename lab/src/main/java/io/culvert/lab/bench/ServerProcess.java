package io.culvert.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server in a JVM of its own, with the flags that the launcher gives servers. It ends with its
 * stdin, and so with this JVM, however that ends. One thread asks it; any may close it.
 */
final class ServerProcess implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int SECONDS_TO_STOP = 5;

  /** Where it listens. */
  record Addresses(
      InetSocketAddress signal,
      InetSocketAddress tag,
      InetSocketAddress turn,
      InetSocketAddress http) {}

  private final Process process;
  private final Path log;
  private final PrintStream questions;
  private final BufferedReader answers;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /**
   * Starts it over a data directory, where it also logs to. It may not listen yet.
   *
   * @param launcher what runs the command that is behind it; empty for nothing
   * @param settings of its configuration, {@code key=value}
   */
  static ServerProcess start(Path data, List<String> launcher, List<String> settings)
      throws IOException {
    Path log = data.resolve("server.log");
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms32m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            BenchServer.class.getName(),
            data.toString()));
    command.addAll(settings);
    return new ServerProcess(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
  }

  /** The number of the process. */
  long pid() {
    return process.pid();
  }

  /** Where it listens: what it says first of all. */
  Addresses addresses() throws IOException {
    long[] ports = answer();
    return new Addresses(at(ports[0]), at(ports[1]), at(ports[2]), at(ports[3]));
  }

  private static InetSocketAddress at(long port) {
    return new InetSocketAddress(LOOPBACK, Math.toIntExact(port));
  }

  /** What it uses, after a garbage collection. */
  Memory memory() throws IOException {
    questions.println("memory");
    long[] memory = answer();
    return new Memory(memory[0], memory[1], memory[2]);
  }

  private long[] answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the server's process has ended" + lastWords());
    }
    return Stream.of(line.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  private String lastWords() throws IOException {
    return Files.readAllLines(log).stream()
        .filter(logged -> !logged.startsWith("\tat "))
        .reduce((_, last) -> last)
        .map(last -> ": " + last)
        .orElse("");
  }

  /** Ends it at once: whoever waits for an answer gets an exception. */
  void kill() {
    process.destroyForcibly();
  }

  /** Asks it to stop and waits until it has; kills it when that takes more than five seconds. */
  @Override
  public void close() {
    questions.close();
    process.onExit().completeOnTimeout(process, SECONDS_TO_STOP, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }
}
