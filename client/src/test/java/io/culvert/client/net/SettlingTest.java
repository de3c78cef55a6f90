package io.culvert.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettlingTest {
  private static final Instant START = Instant.ofEpochSecond(1_000);

  private final Settling settling = new Settling();

  private void stirred(int... millis) {
    for (int at : millis) {
      settling.stirred(START.plusMillis(at));
    }
  }

  @Test
  void whereNothingHasComeNothingIsOver() {
    assertThat(settling.over()).isEmpty();
  }

  @Test
  void itIsOverShortlyAfterTheLast() {
    stirred(0, 10, 40);
    assertThat(settling.over()).contains(START.plusMillis(90));
  }

  @Test
  void whatNeverEndsIsToldAllTheSame() {
    for (int i = 0; i < 100; i++) {
      stirred(i * 20);
    }
    assertThat(settling.over()).contains(START.plusMillis(500));
  }

  @Test
  void whatComesAfterwardsIsAnother() {
    stirred(0);
    settling.settled();
    assertThat(settling.over()).isEmpty();
    stirred(700);
    assertThat(settling.over()).contains(START.plusMillis(750));
  }
}
