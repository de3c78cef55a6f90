package io.culvert.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.bench.BenchReport.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every bench for a moment: that it measures something, not what. */
class BenchRunTest {
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final List<String> progress = new ArrayList<>();

  @Test
  void coturnAndOurServerAreMeasuredInTurn() throws Exception {
    BenchReport report = run(new BindingBench(MOMENT)).versusCoturn();

    assertThat(report.runs())
        .extracting(Run::server)
        .containsExactly("coturn", "culvert", "coturn", "culvert");
    assertThat(report.runs()).allSatisfy(BenchRunTest::isMeasured);
    assertThat(progress).hasSize(4);
  }

  /** All figures are known, and nothing is zero but what was lost or has not grown. */
  private static void isMeasured(Run run) {
    assertThat(run.figures()).isNotEmpty();
    for (Figure figure : run.figures()) {
      switch (figure.unit()) {
        case PERCENT, BYTES, MEGABYTES ->
            assertThat(figure.value()).as(figure.toString()).isFinite();
        case PER_SECOND, MICROSECONDS, TIMES ->
            assertThat(figure.value()).as(figure.toString()).isPositive();
      }
    }
  }

  private BenchRun run(Bench bench) {
    return new BenchRun(bench, progress::add);
  }
}
