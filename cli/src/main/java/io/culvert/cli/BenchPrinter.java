package io.culvert.cli;

import io.culvert.lab.bench.BenchReport;
import io.culvert.lab.bench.BenchReport.Run;
import io.culvert.lab.bench.Figure;
import io.culvert.lab.bench.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A report of a bench as a table with a column for each run, or as one JSON object. With several
 * servers there are also the ratios of their means: the last to each of the others.
 */
final class BenchPrinter {
  private static final int LEAST_WIDTH = 32;

  private BenchPrinter() {}

  static String table(BenchReport report) {
    StringBuilder table = new StringBuilder();
    int width =
        report.figures().stream().mapToInt(figure -> figure.what().length()).max().orElse(0);
    List<String> head = new ArrayList<>(List.of("WHAT", "FIGURE"));
    report.runs().forEach(run -> head.add(run.server().toUpperCase(Locale.ROOT)));
    List<String> rivals = rivals(report);
    if (rivals.size() == 1) {
      head.add("RATIO");
    } else {
      rivals.forEach(rival -> head.add("÷ " + rival.toUpperCase(Locale.ROOT)));
    }
    head.add("TARGET");
    line(table, width, head);
    String before = "";
    for (Figure figure : report.figures()) {
      List<String> cells = new ArrayList<>();
      cells.add(figure.what().equals(before) ? "" : figure.what());
      cells.add(figure.name());
      report.runs().forEach(run -> cells.add(figure.unit().format(run.value(figure))));
      for (String rival : rivals) {
        double ratio = ratio(report, figure, rival);
        cells.add(Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f ×", ratio) : "");
      }
      cells.add(
          figure
              .target()
              .filter(target -> !rivals.isEmpty() || !target.ratio())
              .map(target -> target.format(figure.unit()))
              .orElse(""));
      line(table, width, cells);
      before = figure.what();
    }
    if (report.pinned().isPresent() && !report.pinned().get()) {
      table.append("\nThe server had no processor core of its own.\n");
    }
    return table.toString();
  }

  private static void line(StringBuilder table, int width, List<String> cells) {
    int first = Math.max(width, LEAST_WIDTH);
    StringBuilder line =
        new StringBuilder(("%-" + first + "s  %-16s").formatted(cells.get(0), cells.get(1)));
    cells.subList(2, cells.size()).forEach(cell -> line.append("  %13s".formatted(cell)));
    table.append(line.toString().stripTrailing()).append('\n');
  }

  static String json(String bench, BenchReport report) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("bench", bench);
    report.pinned().ifPresent(pinned -> object.put("pinned", pinned));
    object.put("runs", report.runs().stream().map(Run::server).toList());
    object.put("figures", report.figures().stream().map(figure -> json(report, figure)).toList());
    return JsonMapper.shared().writeValueAsString(object);
  }

  private static Map<String, Object> json(BenchReport report, Figure figure) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("what", figure.what());
    object.put("figure", figure.name());
    object.put("unit", figure.unit().symbol());
    List<@Nullable Double> values = new ArrayList<>(); // null where it is not known
    report.runs().forEach(run -> values.add(finite(run.value(figure))));
    object.put("values", values);
    List<String> rivals = rivals(report);
    if (rivals.size() == 1) {
      object.put("ratio", finite(ratio(report, figure, rivals.getFirst())));
    } else if (!rivals.isEmpty()) {
      Map<String, @Nullable Double> ratios = new LinkedHashMap<>();
      rivals.forEach(rival -> ratios.put(rival, finite(ratio(report, figure, rival))));
      object.put("ratios", ratios);
    }
    figure.target().ifPresent(target -> object.put("target", json(target)));
    return object;
  }

  private static Map<String, Object> json(Target target) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(target.least() ? "atLeast" : "atMost", target.bound());
    object.put("of", target.ratio() ? "ratio" : "value");
    return object;
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** Whom the last of the servers is compared with. */
  private static List<String> rivals(BenchReport report) {
    List<String> servers = report.servers();
    return servers.subList(0, Math.max(0, servers.size() - 1));
  }

  private static double ratio(BenchReport report, Figure figure, String rival) {
    return report.mean(report.servers().getLast(), figure) / report.mean(rival, figure);
  }
}
