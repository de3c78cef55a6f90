package io.culvert.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own, with the class path of this one and the flags that the launcher gives servers.
 * It is told lines and answers with lines. It ends with its stdin, and so with this JVM, however
 * that ends. One thread talks to it; any may close it.
 */
public final class ChildJvm implements AutoCloseable {
  private static final int SECONDS_TO_STOP = 5;

  private final Process process;
  private final PrintStream orders;
  private final BufferedReader answers;

  private ChildJvm(Process process) {
    this.process = process;
    orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What starts a program, here or on a machine of a laboratory. */
  @FunctionalInterface
  public interface Starter {
    Process start(ProcessBuilder builder) throws IOException;
  }

  /**
   * Starts it.
   *
   * @param launcher what runs the command that is behind it, for example {@code taskset -c 1};
   *     empty for nothing
   * @param megabytes of heap at the start
   * @param errors where its stderr goes
   */
  public static ChildJvm start(
      List<String> launcher, int megabytes, Redirect errors, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(command(List.of("-Xms" + megabytes + "m"), main, arguments));
    return new ChildJvm(new ProcessBuilder(command).redirectError(errors).start());
  }

  /**
   * Starts one elsewhere, or in other circumstances.
   *
   * @param flags of its JVM
   * @param environment what is added to that of this process
   * @param errors where its stderr goes
   */
  public static ChildJvm start(
      Starter starter,
      List<String> flags,
      Map<String, String> environment,
      Redirect errors,
      Class<?> main,
      List<String> arguments)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(flags, main, arguments)).redirectError(errors);
    builder.environment().putAll(environment);
    return new ChildJvm(starter.start(builder));
  }

  private static List<String> command(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(flags);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** The number of the process. */
  public long pid() {
    return process.pid();
  }

  /** Tells it something. */
  public void say(String line) {
    orders.println(line);
  }

  /** Waits for the next line that it says; null when it has ended. */
  public @Nullable String hear() throws IOException {
    return answers.readLine();
  }

  /** Ends it at once: whoever waits for a line gets none. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Asks it to stop and waits until it has; kills it when that takes more than five seconds. */
  @Override
  public void close() {
    orders.close();
    process.onExit().completeOnTimeout(process, SECONDS_TO_STOP, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }
}
