package io.culvert.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.bench.BenchReport.Run;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private static final Figure RATE = Figure.of("load", "packets", Unit.PER_SECOND, 0);

  private final BenchReport report =
      new BenchReport(
          Optional.of(true),
          List.of(
              new Run("coturn", List.of(RATE.with(100))),
              new Run("culvert", List.of(RATE.with(500))),
              new Run("coturn", List.of(RATE.with(300))),
              new Run("culvert", List.of(RATE.with(700)))));

  @Test
  void theMeanIsThatOfAllRunsOfAServer() {
    assertThat(report.mean("coturn", RATE)).isEqualTo(200);
    assertThat(report.mean("culvert", RATE)).isEqualTo(600);
  }

  @Test
  void whatOneServerDoesNotHaveIsNotKnownOfIt() {
    assertThat(report.mean("coturn", Figure.of("load", "heap", Unit.BYTES, 1))).isNaN();
  }

  @Test
  void everyServerIsNamedOnce() {
    assertThat(report.servers()).containsExactly("coturn", "culvert");
  }
}
