package io.culvert.lab.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JVM of its own that loads servers. It ends with its stdin, and so with this JVM, however that
 * ends. One thread gives orders; any may close it.
 */
public final class LoadGenerator implements AutoCloseable {
  static final String FAILURE = "failure";
  private static final int SECONDS_TO_STOP = 5;

  private final Process process;
  private final PrintStream orders;
  private final BufferedReader answers;

  private LoadGenerator(Process process) {
    this.process = process;
    orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts it.
   *
   * @param launcher what runs the command that is behind it, for example {@code taskset -c 1};
   *     empty for nothing
   */
  public static LoadGenerator start(List<String> launcher) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms64m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LoadProcess.class.getName()));
    return new LoadGenerator(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /**
   * Does it, and waits until it is done.
   *
   * @throws LoadException when the server does not play along
   * @throws IOException when the generator's process has ended
   */
  public LoadResult run(LoadOrder order) throws LoadException, IOException {
    JsonMapper json = JsonMapper.shared();
    orders.println(json.writeValueAsString(order));
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the load generator's process has ended");
    }
    JsonNode answer = json.readTree(line);
    if (answer.has(FAILURE)) {
      throw new LoadException(answer.get(FAILURE).stringValue());
    }
    return json.treeToValue(answer, LoadResult.class);
  }

  /** Ends it, if need be in the midst of an order. */
  @Override
  public void close() {
    orders.close();
    process.onExit().completeOnTimeout(process, SECONDS_TO_STOP, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }
}
