package io.culvert.cli;

import io.culvert.lab.bench.BenchException;
import io.culvert.lab.bench.Memory;
import io.culvert.lab.bench.SignalBench;
import io.culvert.lab.bench.SignalReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code culvert bench signal}. */
@Command(
    name = "signal",
    description =
        "Measures how much memory clients take that are online at a server: as many connections of "
            + "flow, and as many registered tags. Starts a server of its own on loopback for that, takes a "
            + "minute at most, and leaves nothing behind.",
    footer = {"", "Example: culvert bench signal --clients 1000"})
final class BenchSignalCommand implements Callable<Integer> {
  /** What ten thousand clients may take on a machine of 1 GB, and leave most of it free. */
  private static final int TARGET_BYTES = 10 << 10;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many of each, 1 to " + SignalBench.MAX_CLIENTS + "; ${DEFAULT-VALUE}.")
  private int clients;

  @Option(names = "--json", description = "Prints one JSON object instead of tables.")
  private boolean json;

  @Override
  public Integer call() throws BenchException, InterruptedException {
    BenchOptions.within("--clients", clients, SignalBench.MAX_CLIENTS);
    SignalReport report = new SignalBench(clients).run();
    if (json) {
      System.out.println(JsonMapper.shared().writeValueAsString(asJson(report)));
    } else {
      print(report);
    }
    System.out.flush();
    return Culvert.WORKED;
  }

  private static void print(SignalReport report) {
    String line = "%-34s  %8s  %8s  %10s  %12s  %11s  %8s%n";
    System.out.printf(
        line, "WHAT", "COUNT", "SECONDS", "HEAP EACH", "DIRECT EACH", "TOTAL EACH", "TARGET");
    print(line, "flow connections", report.clients(), report.flowTook(), report.eachFlow());
    print(line, "registered tags", report.clients(), report.tagTook(), report.eachTag());
    System.out.println();
    String memory = "%-34s  %8s  %8s  %10s%n";
    System.out.printf(memory, "THE SERVER'S MEMORY", "HEAP", "DIRECT", "RESIDENT");
    print(memory, "with nobody there", report.empty());
    print(memory, "with the flow connections", report.withFlow());
    print(memory, "and with the tags", report.withTags());
    print(memory, "when the connections are closed", report.afterwards());
  }

  private static void print(String line, String what, int count, Duration took, Memory each) {
    System.out.printf(
        Locale.ROOT,
        line,
        what,
        count,
        "%.1f".formatted(seconds(took)),
        each.heap() + " B",
        each.direct() + " B",
        each.used() + " B",
        TARGET_BYTES + " B");
  }

  private static void print(String line, String when, Memory memory) {
    System.out.printf(
        line,
        when,
        megabytes(memory.heap()),
        megabytes(memory.direct()),
        megabytes(memory.resident()));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }

  private static Map<String, Object> asJson(SignalReport report) {
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("empty", asJson(report.empty()));
    memory.put("withFlow", asJson(report.withFlow()));
    memory.put("withTags", asJson(report.withTags()));
    memory.put("afterwards", asJson(report.afterwards()));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("clients", report.clients());
    object.put("targetBytes", TARGET_BYTES);
    object.put("flow", asJson(report.flowTook(), report.eachFlow()));
    object.put("tag", asJson(report.tagTook(), report.eachTag()));
    object.put("server", memory);
    return object;
  }

  private static Map<String, Object> asJson(Duration took, Memory each) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("seconds", seconds(took));
    object.put("heapBytes", each.heap());
    object.put("directBytes", each.direct());
    object.put("bytes", each.used());
    return object;
  }

  private static Map<String, Object> asJson(Memory memory) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("heapBytes", memory.heap());
    object.put("directBytes", memory.direct());
    object.put("residentBytes", memory.resident());
    return object;
  }
}
