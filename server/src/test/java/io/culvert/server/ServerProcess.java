package io.culvert.server;

import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A server in a JVM of its own, for more connections than one process may have both ends of. It
 * ends with its stdin, and so with this JVM.
 */
public final class ServerProcess implements AutoCloseable {
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

  /** Starts it; its main method calls {@link #answer}. */
  public static ServerProcess start(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MB + "m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Asks the process for a number. */
  public long ask(String question) throws IOException {
    questions.println(question);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("The server's process has ended.");
    }
    return Long.parseLong(answer);
  }

  /** Bytes on the heap after a garbage collection. */
  public long heap() throws IOException {
    return ask("heap");
  }

  /** Bytes of buffers outside of the heap. */
  public long direct() throws IOException {
    return ask("direct");
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

  /** Within the process: answers questions with a number each, until there are no more. */
  public static void answer(Map<String, LongSupplier> answers) throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      System.out.println(
          switch (line) {
            case "heap" -> heapAfterCollection();
            case "direct" -> directMemory();
            default -> Objects.requireNonNull(answers.get(line), line).getAsLong();
          });
    }
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** What Netty has taken by itself, and what it has taken from Java. */
  private static long directMemory() {
    return Math.max(0, PlatformDependent.usedDirectMemory())
        + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
  }
}
