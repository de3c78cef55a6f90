package io.culvert.lab.bench;

import java.util.List;
import java.util.Optional;

/**
 * What has been measured, in this order.
 *
 * @param pinned whether the server had a core of its own; empty when no server is measured
 */
public record BenchReport(Optional<Boolean> pinned, List<Run> runs) {
  /** The figures of one server; it may have been started more than once. */
  public record Run(String server, List<Figure> figures) {
    /** Its value of such a figure; NaN when it has none. */
    public double value(Figure figure) {
      return figures.stream()
          .filter(figure::isSameAs)
          .mapToDouble(Figure::value)
          .findFirst()
          .orElse(Double.NaN);
    }
  }

  /** The mean of a figure over all runs of a server; NaN when it is not known of one of them. */
  public double mean(String server, Figure figure) {
    return runs.stream()
        .filter(run -> run.server().equals(server))
        .mapToDouble(run -> run.value(figure))
        .average()
        .orElse(Double.NaN);
  }

  /** All kinds of figures that the last run has. */
  public List<Figure> figures() {
    return runs.isEmpty() ? List.of() : runs.getLast().figures();
  }

  /** The names of the servers, each once. */
  public List<String> servers() {
    return runs.stream().map(Run::server).distinct().toList();
  }
}
