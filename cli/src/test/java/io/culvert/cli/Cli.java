package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.lab.net.Machine;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The culvert command as a process of its own, as a user has it. */
final class Cli implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path out;
  private final Path err;

  private Cli(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a command has come to. */
  record Result(int code, String out, String err) {}

  /** Starts it on a machine of a lab, or on this one. Its stdin stays open until it is ended. */
  static Cli start(@Nullable Machine machine, String... arguments) throws IOException {
    return start(machine, null, arguments);
  }

  /** The same with a file for stdin. */
  static Cli start(@Nullable Machine machine, @Nullable File stdin, String... arguments)
      throws IOException {
    return start(machine, stdin, Path.of("/nonexistent"), arguments);
  }

  /** The same for a person whose own files are in that directory. */
  static Cli start(
      @Nullable Machine machine, @Nullable File stdin, Path config, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Culvert.class.getName()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("culvert", ".out");
    Path err = Files.createTempFile("culvert", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("XDG_CONFIG_HOME", config.toString());
    if (stdin != null) {
      builder.redirectInput(stdin);
    }
    return new Cli(machine == null ? builder.start() : machine.start(builder), out, err);
  }

  /** Runs it with an empty stdin. */
  static Result run(String... arguments) throws Exception {
    try (Cli cli = start(null, arguments)) {
      cli.endInput();
      return cli.result();
    }
  }

  void type(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(UTF_8));
    in.flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Sends SIGHUP. */
  void hangUp() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
  }

  /** Sends SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Waits for its end. */
  Result result() throws Exception {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running; out: " + outSoFar() + "\nerr: " + errSoFar());
    }
    return new Result(process.exitValue(), outSoFar(), errSoFar());
  }

  /** Waits for a line on stderr and returns it. */
  String awaitErr(String part) throws Exception {
    return await(err, line -> line.contains(part), "\"" + part + "\" on stderr");
  }

  /** Waits for a line on stdout and returns it. */
  String awaitOut(String part) throws Exception {
    return await(out, line -> line.contains(part), "\"" + part + "\" on stdout");
  }

  private String await(Path file, Predicate<String> wanted, String what) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      for (String line : text(file).lines().toList()) {
        if (wanted.test(line)) {
          return line;
        }
      }
      if (process.waitFor(20, TimeUnit.MILLISECONDS) && text(file).lines().noneMatch(wanted)) {
        break;
      }
    }
    throw new AssertionError("no " + what + "; out: " + outSoFar() + "\nerr: " + errSoFar());
  }

  String outSoFar() throws IOException {
    return text(out);
  }

  byte[] outBytes() throws IOException {
    return Files.readAllBytes(out);
  }

  String errSoFar() throws IOException {
    return text(err);
  }

  /** Files may end within a character while they are written, and some are no text at all. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly().waitFor();
    Files.delete(out);
    Files.delete(err);
  }
}
