package io.culvert.cli;

import io.culvert.lab.matrix.Cell;
import io.culvert.lab.matrix.Cell.Outcome;
import io.culvert.lab.matrix.MatrixReport;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A matrix as a grid, a line for each pair and a summary; or as one JSON object. */
final class MatrixPrinter {
  private MatrixPrinter() {}

  static String table(MatrixReport report) {
    StringBuilder table = new StringBuilder();
    grid(table, report);
    table.append('\n');
    line(table, "CALLER", "CALLEE", "OUTCOME", "FIRST BYTE", "DIRECT", "PACKETS", "PATH");
    for (Cell cell : report.cells()) {
      line(
          table,
          cell.caller(),
          cell.callee(),
          name(cell.outcome()),
          millis(cell.firstByte()),
          millis(cell.direct()),
          cell.packets(),
          cell.path());
    }
    table.append('\n').append(summary(report)).append('\n');
    return table.toString();
  }

  private static void grid(StringBuilder table, MatrixReport report) {
    table.append("Callers from top to bottom, callees from left to right: milliseconds to a ");
    table.append("direct path, R for relayed,\n– for no connection.\n\n");
    StringBuilder head = new StringBuilder("%-26s".formatted(""));
    for (int i = 1; i <= report.kinds().size(); i++) {
      head.append("%7d".formatted(i));
    }
    table.append(head).append('\n');
    int number = 0;
    for (NatKind caller : report.kinds()) {
      StringBuilder row = new StringBuilder("%2d %-23s".formatted(++number, caller));
      for (NatKind callee : report.kinds()) {
        row.append("%7s".formatted(sign(report.cell(caller, callee))));
      }
      table.append(row).append('\n');
    }
  }

  private static String sign(Cell cell) {
    return switch (cell.outcome()) {
      case DIRECT -> cell.direct().map(time -> Long.toString(time.toMillis())).orElseThrow();
      case RELAYED -> "R";
      case FAILED -> "–";
    };
  }

  private static void line(StringBuilder table, Object... cells) {
    table
        .append("%-22s %-22s %-8s %11s %11s %8s  %s".formatted(cells).stripTrailing())
        .append('\n');
  }

  static String summary(MatrixReport report) {
    return String.format(
        Locale.ROOT,
        "%d pairs: %d direct, %d relayed, %d failed. Round trips of %d ms between any two of peers"
            + " and server;%neach pair had %d s for a direct path. Took %.0f s.",
        report.cells().size(),
        report.count(Outcome.DIRECT),
        report.count(Outcome.RELAYED),
        report.count(Outcome.FAILED),
        report.roundTrip().toMillis(),
        report.patience().toSeconds(),
        report.took().toMillis() / 1e3);
  }

  /** In a few words. */
  static String inWords(Cell cell) {
    return switch (cell.outcome()) {
      case DIRECT -> "direct after " + millis(cell.direct());
      case RELAYED -> "relayed, first byte after " + millis(cell.firstByte());
      case FAILED -> "failed: " + cell.path();
    };
  }

  private static String millis(Optional<Duration> time) {
    return time.map(known -> known.toMillis() + " ms").orElse("–");
  }

  private static String name(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  static String json(MatrixReport report) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("kinds", report.kinds().stream().map(NatKind::name).toList());
    object.put("roundTripMs", report.roundTrip().toMillis());
    object.put("patienceMs", report.patience().toMillis());
    object.put("ms", report.took().toMillis());
    for (Outcome outcome : Outcome.values()) {
      object.put(name(outcome), report.count(outcome));
    }
    object.put("cells", report.cells().stream().map(MatrixPrinter::json).toList());
    return JsonMapper.shared().writeValueAsString(object);
  }

  private static Map<String, @Nullable Object> json(Cell cell) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("caller", cell.caller().name());
    object.put("callee", cell.callee().name());
    object.put("outcome", name(cell.outcome()));
    object.put("firstByteMs", cell.firstByte().map(Duration::toMillis).orElse(null));
    object.put("directMs", cell.direct().map(Duration::toMillis).orElse(null));
    object.put("packets", cell.packets());
    object.put("path", cell.path());
    return object;
  }
}
