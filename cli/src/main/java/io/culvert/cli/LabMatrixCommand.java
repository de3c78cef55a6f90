package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.culvert.lab.matrix.Cell;
import io.culvert.lab.matrix.Cell.Outcome;
import io.culvert.lab.matrix.Matrix;
import io.culvert.lab.matrix.MatrixPage;
import io.culvert.lab.matrix.MatrixReport;
import io.culvert.lab.net.NatKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert lab matrix}. */
@Command(
    name = "matrix",
    description =
        "Lets two peers connect behind each kind of NAT with each other: directly or through the "
            + "relay, how soon, and with how many packets. All kinds take some minutes.",
    footer = {"", "Example: culvert lab matrix --html matrix.html"})
final class LabMatrixCommand implements Callable<Integer> {
  private static final int MIN_SECONDS = 2;
  private static final int MAX_SECONDS = 60;

  @Option(
      names = "--kinds",
      paramLabel = "KIND",
      split = ",",
      description =
          "Only these kinds, for example open,symmetric; of open, full-cone, address-restricted, "
              + "port-restricted, carrier-grade, answering, symmetric-sequential, symmetric, udp-blocked.")
  private @Nullable List<String> kinds;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = {
        "How long a pair may take for a direct path, " + MIN_SECONDS + " to " + MAX_SECONDS + ";",
        "${DEFAULT-VALUE}."
      })
  private int patience;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a page for browsers there, too.")
  private @Nullable Path html;

  @Option(names = "--json", description = "Prints one JSON object instead of tables.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    List<NatKind> chosen =
        kinds == null ? Matrix.KINDS : kinds.stream().map(this::kind).distinct().toList();
    if (patience < MIN_SECONDS || patience > MAX_SECONDS) {
      throw new UsageException(
          "--patience: from %d to %d, not %d.".formatted(MIN_SECONDS, MAX_SECONDS, patience));
    }
    if (html != null && (Files.isDirectory(html) || !Files.isDirectory(folder(html)))) {
      throw new UsageException("--html: no file can be written at " + html + ".");
    }
    return LabRun.run(requireNonNull(spec), () -> fill(chosen));
  }

  private NatKind kind(String name) {
    return Matrix.KINDS.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UsageException(
                "--kinds: there is no kind \"%s\"; there are %s."
                    .formatted(
                        Text.printable(name),
                        Matrix.KINDS.stream()
                            .map(NatKind::name)
                            .collect(Collectors.joining(", ")))));
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder;
  }

  private int fill(List<NatKind> chosen) throws Exception {
    Progress progress = new Progress(chosen.size() * chosen.size());
    MatrixReport report =
        new Matrix(chosen, Duration.ofSeconds(patience), cell -> progress.done(line(cell))).run();
    progress.end();
    if (json) {
      System.out.println(MatrixPrinter.json(report));
    } else {
      System.out.print(MatrixPrinter.table(report));
    }
    System.out.flush();
    if (html != null) {
      Files.writeString(html, MatrixPage.of(report), UTF_8);
    }
    return report.count(Outcome.FAILED) == 0 ? Culvert.WORKED : Culvert.DID_NOT_WORK;
  }

  private static String line(Cell cell) {
    return cell.pair() + ": " + MatrixPrinter.inWords(cell);
  }
}
