package io.culvert.lab.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a main class of this class path in a JVM of its own which can open a {@link Lab}. That JVM
 * has this one's flags and output, an empty stdin, and does not outlive this one, even when it is
 * killed: it ends when the pipe between them does.
 */
public final class LabProcess {
  /** How long the child may take to stop by itself; its own limit is a little shorter. */
  private static final long GRACE_SECONDS = LabChild.GRACE_SECONDS + 2;

  private LabProcess() {}

  /**
   * Runs the class and waits until it ends. An interrupt ends it.
   *
   * @return its exit code
   * @throws IOException when no process can be started
   * @throws LabException when {@code unshare} is not installed
   */
  public static int run(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(Unshare.prepared(java(main, arguments)));
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    // They are among the flags of this JVM already.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process child = builder.start();
    Thread end = Thread.ofPlatform().name("lab-process-end").unstarted(() -> end(child));
    Runtime.getRuntime().addShutdownHook(end);
    try {
      return child.waitFor();
    } catch (InterruptedException e) {
      end(child);
      throw e;
    } finally {
      if (!child.isAlive()) {
        forget(end);
      }
    }
  }

  private static List<String> java(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Not the start-up cache: it is for another main class and other flags.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-XX:AOT"))
        .forEach(command::add);
    // Its process number is 1, and so is that of the next: they would share one file in /tmp.
    command.add("-XX:-UsePerfData");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LabChild.class.getName(), main.getName()));
    command.addAll(arguments);
    return command;
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This JVM is ending, and the hook with it.
      hook.setName("lab-process-ended");
    }
  }

  private static void end(Process child) {
    try {
      // Not a signal: unshare, which stands between, ignores those that ask.
      child.getOutputStream().close();
      if (!child.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        child.destroyForcibly();
      }
    } catch (IOException e) {
      child.destroyForcibly();
      throw new UncheckedIOException("The lab process cannot be asked to stop; killed it.", e);
    } catch (InterruptedException e) {
      child.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
