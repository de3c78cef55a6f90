package io.culvert.lab.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MatrixPageTest {
  private static final Optional<Duration> NEVER = Optional.empty();

  private static final String PAGE =
      MatrixPage.of(
          new MatrixReport(
              List.of(NatKind.OPEN, NatKind.SYMMETRIC),
              List.of(
                  new Cell(NatKind.OPEN, NatKind.OPEN, after(150), after(160), 40, "a path"),
                  new Cell(NatKind.OPEN, NatKind.SYMMETRIC, after(170), after(4000), 50, "slow"),
                  new Cell(NatKind.SYMMETRIC, NatKind.OPEN, after(180), NEVER, 60, "relayed"),
                  new Cell(
                      NatKind.SYMMETRIC, NatKind.SYMMETRIC, NEVER, NEVER, 7, "\"<b>\" & so on")),
              Duration.ofMillis(50),
              Duration.ofSeconds(10),
              Duration.ofSeconds(20)));

  private static Optional<Duration> after(int millis) {
    return Optional.of(Duration.ofMillis(millis));
  }

  @Test
  void everyPairHasAFieldWithItsFigures() {
    assertThat(PAGE)
        .contains(
            "<td class=\"quick\" title=\"open × open: a path\"><b>160 ms</b>"
                + "<small>first byte 150 ms</small><small>40 packets</small></td>")
        .contains("<td class=\"slow\" title=\"open × symmetric: slow\"><b>4000 ms</b>")
        .contains("<td class=\"relayed\" title=\"symmetric × open: relayed\"><b>relayed</b>")
        .contains("<b>failed</b><small>nothing heard</small>");
  }

  @Test
  void itIsSummedUp() {
    assertThat(PAGE)
        .contains("Of 4 pairs 2 are direct, 1 relayed and 1 without a connection.")
        .contains("Round trips take 50 ms")
        .contains("each pair had 10 s");
  }

  @Test
  void whatSomebodyHasSaidIsNoMarkup() {
    assertThat(PAGE).contains("&quot;&lt;b>&quot; &amp; so on").doesNotContain("\"<b>\" &");
  }

  @Test
  void itNeedsNothingBesideIt() {
    assertThat(PAGE).doesNotContain("http:", "https:", "<script", "<link", "url(", "@import");
  }
}
