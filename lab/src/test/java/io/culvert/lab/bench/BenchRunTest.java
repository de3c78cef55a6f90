package io.culvert.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.lab.bench.BenchReport.Run;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Every bench for a moment: that it measures something, not what. */
class BenchRunTest {
  private static final Duration MOMENT = Duration.ofMillis(300);

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

  @Test
  void relayingIsMeasuredOneWayTheOtherAndBothWays() throws Exception {
    BenchReport report = run(new RelayBench(List.of(120), MOMENT)).ours();

    assertThat(report.runs()).singleElement().satisfies(BenchRunTest::isMeasured);
    assertThat(report.figures()).extracting(Figure::what).contains("120 B, paced, both ways");
  }

  @Test
  void allocationsAreMeasuredThatAreRefusedStayGoAndAreAskedForByStrangers() throws Exception {
    BenchReport report = run(new AllocateBench(MOMENT, 1000, 100)).ours();

    assertThat(report.runs()).singleElement().satisfies(BenchRunTest::isMeasured);
    assertThat(report.figures())
        .extracting(Figure::what)
        .contains("allocated and given back", "live allocation", "Allocate by strangers");
  }

  @Test
  void aServerThatDoesNotAnswerIsSaidSo() throws Exception {
    try (DatagramSocket silent =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      BenchRun run = run(new BindingBench(MOMENT));
      InetSocketAddress address =
          new InetSocketAddress(silent.getLocalAddress(), silent.getLocalPort());

      assertThatThrownBy(() -> run.against(address, "", "", OptionalLong.empty()))
          .isInstanceOf(BenchException.class)
          .hasMessage("Nothing can be measured: the server answers nothing within 300 ms.");
    }
  }

  /** All figures are known, and nothing is zero but what was lost or has not grown. */
  private static void isMeasured(Run run) {
    assertThat(run.figures()).isNotEmpty();
    for (Figure figure : run.figures()) {
      switch (figure.unit()) {
        case PERCENT, BYTES, MEGABYTES ->
            assertThat(figure.value()).as(figure.toString()).isFinite();
        case PER_SECOND, MEGABYTES_PER_SECOND, MICROSECONDS, MILLISECONDS, TIMES, COUNT ->
            assertThat(figure.value()).as(figure.toString()).isPositive();
      }
    }
  }

  private BenchRun run(Bench bench) {
    return new BenchRun(bench, progress::add);
  }
}
