package io.culvert.lab.load;

import io.culvert.lab.ChildJvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JVM of its own that loads servers. One thread gives orders; any may close it. */
public final class LoadGenerator implements AutoCloseable {
  static final String FAILURE = "failure";
  private static final int HEAP_MEGABYTES = 64;

  private final ChildJvm jvm;

  private LoadGenerator(ChildJvm jvm) {
    this.jvm = jvm;
  }

  /**
   * Starts it.
   *
   * @param launcher what runs the command that is behind it, for example {@code taskset -c 1};
   *     empty for nothing
   */
  public static LoadGenerator start(List<String> launcher) throws IOException {
    return new LoadGenerator(
        ChildJvm.start(launcher, HEAP_MEGABYTES, Redirect.INHERIT, LoadProcess.class, List.of()));
  }

  /**
   * Does it, and waits until it is done.
   *
   * @throws LoadException when the server does not play along
   * @throws IOException when the generator's process has ended
   */
  public LoadResult run(LoadOrder order) throws LoadException, IOException {
    JsonMapper json = JsonMapper.shared();
    jvm.say(json.writeValueAsString(order));
    String line = jvm.hear();
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
    jvm.close();
  }
}
