package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.bench.BenchReport;
import io.culvert.lab.bench.BenchReport.Run;
import io.culvert.lab.bench.Figure;
import io.culvert.lab.bench.Target;
import io.culvert.lab.bench.Unit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchPrinterTest {
  private static final BenchReport ALONE =
      new BenchReport(
          Optional.of(false), List.of(new Run("culvert", figures(1_234_567, Double.NaN))));
  private static final BenchReport COMPARISON =
      new BenchReport(
          Optional.of(true),
          List.of(
              new Run("coturn", figures(100_000, Double.NaN)),
              new Run("culvert", figures(400_000, 3000)),
              new Run("coturn", figures(100_000, Double.NaN)),
              new Run("culvert", figures(500_000, 3100))));

  @Test
  void aTableNamesALoadOnceAndShowsWhatIsNotKnownAsADash() {
    assertThat(BenchPrinter.table(ALONE).lines())
        .containsExactly(
            "WHAT                              FIGURE                  CULVERT         TARGET",
            "busy                              packets            1 234 567 /s",
            "                                  heap                          –      ≤ 5 120 B",
            "",
            "The server had no processor core of its own.");
  }

  @Test
  void twoServersAreComparedByTheirMeans() {
    assertThat(BenchPrinter.table(COMPARISON).lines().map(line -> line.replaceAll(" {2,}", "  ")))
        .containsExactly(
            "WHAT  FIGURE  COTURN  CULVERT  COTURN  CULVERT  RATIO  TARGET",
            "busy  packets  100 000 /s  400 000 /s  100 000 /s  500 000 /s  4.50 ×  ≥ 4.0 ×",
            "  heap  –  3 000 B  –  3 100 B  ≤ 5 120 B");
  }

  @Test
  void theLastOfMoreServersIsComparedWithEachOfTheOthers() {
    BenchReport three =
        new BenchReport(
            Optional.empty(),
            List.of(
                new Run("one", figures(100_000, Double.NaN)),
                new Run("two", figures(400_000, Double.NaN)),
                new Run("culvert", figures(200_000, 3000))));

    assertThat(BenchPrinter.table(three).lines().map(line -> line.replaceAll(" {2,}", "  ")))
        .containsExactly(
            "WHAT  FIGURE  ONE  TWO  CULVERT  ÷ ONE  ÷ TWO  TARGET",
            "busy  packets  100 000 /s  400 000 /s  200 000 /s  2.00 ×  0.50 ×  ≥ 4.0 ×",
            "  heap  –  –  3 000 B  ≤ 5 120 B");
    JsonNode report = JsonMapper.shared().readTree(BenchPrinter.json("connect", three));
    assertThat(report.at("/figures/0/ratios/one").doubleValue()).isEqualTo(2);
    assertThat(report.at("/figures/0/ratios/two").doubleValue()).isEqualTo(0.5);
    assertThat(report.at("/figures/1/ratios/one").isNull()).isTrue();
  }

  @Test
  void jsonHasTheValuesOfEveryRunAndNullForWhatIsNotKnown() {
    JsonNode report = JsonMapper.shared().readTree(BenchPrinter.json("relay", COMPARISON));

    assertThat(report.at("/bench").stringValue()).isEqualTo("relay");
    assertThat(report.at("/pinned").booleanValue()).isTrue();
    assertThat(report.at("/runs/1").stringValue()).isEqualTo("culvert");
    JsonNode packets = report.at("/figures/0");
    assertThat(packets.at("/what").stringValue()).isEqualTo("busy");
    assertThat(packets.at("/unit").stringValue()).isEqualTo("/s");
    assertThat(packets.at("/values/3").doubleValue()).isEqualTo(500_000);
    assertThat(packets.at("/ratio").doubleValue()).isEqualTo(4.5);
    assertThat(packets.at("/target/atLeast").doubleValue()).isEqualTo(4);
    assertThat(packets.at("/target/of").stringValue()).isEqualTo("ratio");
    JsonNode heap = report.at("/figures/1");
    assertThat(heap.at("/values/0").isNull()).isTrue();
    assertThat(heap.at("/ratio").isNull()).isTrue();
    assertThat(heap.at("/target/atMost").doubleValue()).isEqualTo(5120);
    assertThat(heap.at("/target/of").stringValue()).isEqualTo("value");
  }

  private static List<Figure> figures(double packets, double heap) {
    return List.of(
        new Figure(
            "busy", "packets", Unit.PER_SECOND, packets, Optional.of(new Target(true, true, 4))),
        new Figure("busy", "heap", Unit.BYTES, heap, Optional.of(new Target(false, false, 5120))));
  }
}
