package io.culvert.lab.bench;

import io.culvert.lab.ChildJvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A server in a JVM of its own. One thread asks it; any may close it. */
final class ServerProcess implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int HEAP_MEGABYTES = 32;

  /** Where it listens. */
  record Addresses(
      InetSocketAddress signal,
      InetSocketAddress tag,
      InetSocketAddress turn,
      InetSocketAddress http) {}

  private final ChildJvm jvm;
  private final Path log;

  private ServerProcess(ChildJvm jvm, Path log) {
    this.jvm = jvm;
    this.log = log;
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
    List<String> arguments = new ArrayList<>(List.of(data.toString()));
    arguments.addAll(settings);
    return new ServerProcess(
        ChildJvm.start(
            launcher, HEAP_MEGABYTES, Redirect.to(log.toFile()), BenchServer.class, arguments),
        log);
  }

  /** The number of the process. */
  long pid() {
    return jvm.pid();
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
    jvm.say("memory");
    long[] memory = answer();
    return new Memory(memory[0], memory[1], memory[2]);
  }

  private long[] answer() throws IOException {
    String line = jvm.hear();
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
    jvm.kill();
  }

  /** Asks it to stop and waits until it has; kills it when that takes more than five seconds. */
  @Override
  public void close() {
    jvm.close();
  }
}
