package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.matrix.Cell;
import io.culvert.lab.matrix.MatrixReport;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MatrixPrinterTest {
  private static final Optional<Duration> NEVER = Optional.empty();
  private static final MatrixReport REPORT =
      new MatrixReport(
          List.of(NatKind.OPEN, NatKind.SYMMETRIC),
          List.of(
              new Cell(NatKind.OPEN, NatKind.OPEN, after(150), after(160), 40, "a path"),
              new Cell(NatKind.OPEN, NatKind.SYMMETRIC, after(170), after(4000), 50, "another"),
              new Cell(NatKind.SYMMETRIC, NatKind.OPEN, after(180), NEVER, 60, "by the relay"),
              new Cell(NatKind.SYMMETRIC, NatKind.SYMMETRIC, NEVER, NEVER, 7, "Nothing.")),
          Duration.ofMillis(50),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20));

  private static Optional<Duration> after(int millis) {
    return Optional.of(Duration.ofMillis(millis));
  }

  @Test
  void aTableHasAGridALineForEachPairAndASummary() {
    assertThat(MatrixPrinter.table(REPORT).lines().map(line -> line.strip().replaceAll(" +", " ")))
        .contains("1 open 160 4000", "2 symmetric R –")
        .contains("CALLER CALLEE OUTCOME FIRST BYTE DIRECT PACKETS PATH")
        .contains("open symmetric direct 170 ms 4000 ms 50 another")
        .contains("symmetric open relayed 180 ms – 60 by the relay")
        .contains("symmetric symmetric failed – – 7 Nothing.")
        .anyMatch(line -> line.startsWith("4 pairs: 2 direct, 1 relayed, 1 failed."));
  }

  @Test
  void jsonHasNullForWhatHasNotHappened() {
    JsonNode report = JsonMapper.shared().readTree(MatrixPrinter.json(REPORT));
    assertThat(report.at("/direct").intValue()).isEqualTo(2);
    assertThat(report.at("/ms").intValue()).isEqualTo(20_000);
    assertThat(report.at("/cells/1/directMs").intValue()).isEqualTo(4000);
    assertThat(report.at("/cells/2/outcome").stringValue()).isEqualTo("relayed");
    assertThat(report.at("/cells/2/directMs").isNull()).isTrue();
    assertThat(report.at("/cells/3/firstByteMs").isNull()).isTrue();
  }
}
