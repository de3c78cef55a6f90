package io.culvert.lab.matrix;

import io.culvert.lab.matrix.Cell.Outcome;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.Optional;

/** A report as a page of HTML that needs nothing beside it, light or dark as the browser is. */
public final class MatrixPage {
  /** What a direct path between NATs that are no obstacle is to take at most, 95 times of 100. */
  private static final Duration QUICK = Duration.ofMillis(350);

  private static final String STYLE =
      """
      :root {
        color-scheme: light dark;
        --page: #ffffff; --text: #1c1f23; --faint: #59616b; --line: #d5dae0;
        --quick: #bfe8cb; --slow: #e3f1b5; --relayed: #ffdf9e; --failed: #f6b8b2;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --page: #15181c; --text: #e8ebee; --faint: #a3acb6; --line: #343b43;
          --quick: #1d5a34; --slow: #4d5b16; --relayed: #6e4c0b; --failed: #7c2a26;
        }
      }
      body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; background: var(--page);
        color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
      p { margin: .25rem 0 1rem; color: var(--faint); max-width: 60rem; }
      .scroll { overflow-x: auto; }
      table { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
      th { font-weight: 600; font-size: .8rem; padding: .3rem .5rem; }
      th[scope=row] { text-align: right; white-space: nowrap; }
      th[scope=col] { vertical-align: bottom; max-width: 6.5rem; }
      td { min-width: 5.5rem; height: 3.6rem; text-align: center; border-radius: 5px;
        line-height: 1.25; padding: .2rem .3rem; }
      td b { display: block; font-size: 1rem; }
      td small { display: block; font-size: .72rem; opacity: .85; white-space: nowrap; }
      .quick { background: var(--quick); } .slow { background: var(--slow); }
      .relayed { background: var(--relayed); } .failed { background: var(--failed); }
      ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; padding: 0; }
      li span { display: inline-block; width: 1.1rem; height: 1.1rem; border-radius: 4px;
        vertical-align: -.2rem; margin-right: .4rem; border: 1px solid var(--line); }
      """;

  private MatrixPage() {}

  /** The page. */
  public static String of(MatrixReport report) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Culvert: NAT matrix</title>
    <style>
    %s</style>
    </head>
    <body>
    <h1>Who gets through to whom</h1>
    <p>%s</p>
    <ul>
    <li><span class="quick"></span>direct within %d ms</li>
    <li><span class="slow"></span>direct later</li>
    <li><span class="relayed"></span>through the relay</li>
    <li><span class="failed"></span>no connection</li>
    </ul>
    <div class="scroll">
    <table>
    <thead><tr><th>caller ↓ &nbsp; callee →</th>%s</tr></thead>
    <tbody>
    %s</tbody>
    </table>
    </div>
    <p>Large: the time to a direct path. Small: the time to the callee's first byte, encrypted from
    end to end, and the packets that both machines had sent when the path was direct, or when it was
    waited for no longer. Rest the pointer on a field to see the path. Every pair had real NATs of the
    Linux kernel, in a laboratory of its own.</p>
    </body>
    </html>
    """
        .formatted(STYLE, summary(report), QUICK.toMillis(), head(report), rows(report));
  }

  private static String summary(MatrixReport report) {
    return "Of %d pairs %d are direct, %d relayed and %d without a connection. Round trips take %d ms between any two of peers and server; each pair had %d s for a direct path."
        .formatted(
            report.cells().size(),
            report.count(Outcome.DIRECT),
            report.count(Outcome.RELAYED),
            report.count(Outcome.FAILED),
            report.roundTrip().toMillis(),
            report.patience().toSeconds());
  }

  private static String head(MatrixReport report) {
    StringBuilder head = new StringBuilder();
    for (NatKind kind : report.kinds()) {
      head.append("<th scope=\"col\">%s</th>".formatted(escaped(kind.name())));
    }
    return head.toString();
  }

  private static String rows(MatrixReport report) {
    StringBuilder rows = new StringBuilder();
    for (NatKind caller : report.kinds()) {
      rows.append("<tr><th scope=\"row\">%s</th>".formatted(escaped(caller.name())));
      report.kinds().forEach(callee -> rows.append(field(report.cell(caller, callee))));
      rows.append("</tr>\n");
    }
    return rows.toString();
  }

  private static String field(Cell cell) {
    return "<td class=\"%s\" title=\"%s\"><b>%s</b><small>%s</small><small>%d packets</small></td>"
        .formatted(
            color(cell),
            escaped(cell.pair() + ": " + cell.path()),
            heading(cell),
            cell.firstByte().map(time -> "first byte " + millis(time)).orElse("nothing heard"),
            cell.packets());
  }

  private static String color(Cell cell) {
    return switch (cell.outcome()) {
      case DIRECT -> isQuick(cell.direct()) ? "quick" : "slow";
      case RELAYED -> "relayed";
      case FAILED -> "failed";
    };
  }

  private static boolean isQuick(Optional<Duration> direct) {
    return direct.filter(time -> time.compareTo(QUICK) <= 0).isPresent();
  }

  private static String heading(Cell cell) {
    return switch (cell.outcome()) {
      case DIRECT -> cell.direct().map(MatrixPage::millis).orElseThrow();
      case RELAYED -> "relayed";
      case FAILED -> "failed";
    };
  }

  private static String millis(Duration time) {
    return time.toMillis() + " ms";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
