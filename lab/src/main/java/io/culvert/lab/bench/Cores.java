package io.culvert.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which processor cores the server gets, and which the load generator, so that neither takes the
 * other's time.
 *
 * @param server one core; nothing when there is only one, or no way to give it away
 * @param generator all others
 */
record Cores(List<Integer> server, List<Integer> generator) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";
  private static final List<Path> TASKSET =
      List.of(Path.of("/usr/bin/taskset"), Path.of("/bin/taskset"));

  /** The last core that this process may use for the server. */
  static Cores split() throws IOException {
    if (!Files.exists(STATUS) || TASKSET.stream().noneMatch(Files::isExecutable)) {
      return new Cores(List.of(), List.of());
    }
    return split(
        Files.readAllLines(STATUS).stream()
            .filter(line -> line.startsWith(ALLOWED))
            .findAny()
            .map(line -> allowed(line.substring(ALLOWED.length()).strip()))
            .orElse(List.of()));
  }

  static Cores split(List<Integer> allowed) {
    if (allowed.size() < 2) {
      return new Cores(List.of(), List.of());
    }
    return new Cores(List.of(allowed.getLast()), allowed.subList(0, allowed.size() - 1));
  }

  /** The numbers of a list like {@code 0-2,4}. */
  static List<Integer> allowed(String list) {
    List<Integer> cores = new ArrayList<>();
    for (String range : list.split(",", -1)) {
      String[] ends = range.split("-", -1);
      IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
          .forEach(cores::add);
    }
    return cores;
  }

  /** What starts a server on its core. */
  List<String> serverLauncher() {
    return launcher(server);
  }

  /** What starts the load generator on the others. */
  List<String> generatorLauncher() {
    return launcher(generator);
  }

  private static List<String> launcher(List<Integer> cores) {
    return cores.isEmpty()
        ? List.of()
        : List.of(
            "taskset", "-c", cores.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }
}
