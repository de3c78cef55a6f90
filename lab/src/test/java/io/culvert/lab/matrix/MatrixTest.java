package io.culvert.lab.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.matrix.Cell.Outcome;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MatrixTest {
  @Test
  @InLab
  @Timeout(150)
  void eachKindMeetsEachOther() throws Exception {
    List<NatKind> kinds = List.of(NatKind.OPEN, NatKind.SYMMETRIC);
    List<String> told = new ArrayList<>();

    MatrixReport report =
        new Matrix(kinds, Duration.ofSeconds(3), cell -> told.add(cell.pair())).run();

    assertThat(told)
        .containsExactlyInAnyOrder(
            "open × open", "open × symmetric", "symmetric × open", "symmetric × symmetric");
    assertThat(report.cells()).extracting(Cell::pair).containsExactlyInAnyOrderElementsOf(told);
    assertThat(report.count(Outcome.DIRECT)).as(report.toString()).isEqualTo(3);
    Cell easy = report.cell(NatKind.OPEN, NatKind.SYMMETRIC);
    assertThat(easy.outcome()).isEqualTo(Outcome.DIRECT);
    assertThat(easy.direct().orElseThrow()).isGreaterThan(report.roundTrip());
    assertThat(easy.packets()).isPositive();
    assertThat(easy.path()).startsWith("direct udp ");
    Cell hard = report.cell(NatKind.SYMMETRIC, NatKind.SYMMETRIC);
    assertThat(hard.outcome()).isEqualTo(Outcome.RELAYED);
    assertThat(hard.firstByte().orElseThrow()).isGreaterThan(report.roundTrip());
    assertThat(hard.path()).startsWith("relayed udp ");
  }

  @Test
  void aPairNeedsSomeTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Matrix(Matrix.KINDS, Duration.ofSeconds(1), cell -> {}))
        .withMessageContaining("more than");
  }
}
