package io.culvert.wire.tag;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.tag.Retransmission.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetransmissionTest {
  private static final Instant SENT = Instant.parse("2026-01-01T00:00:00Z");

  private final Retransmission retransmission = new Retransmission(SENT);

  @Test
  void aRequestIsRepeatedFourTimesAndThenHasFailed() {
    List<Long> repeats = new ArrayList<>();
    long millis = 0;
    for (; retransmission.at(after(millis)) != Step.FAIL; millis++) {
      Instant deadline = retransmission.nextDeadline();
      assertThat(deadline).isAfter(after(millis));
      if (deadline.equals(after(millis + 1))
          && retransmission.at(after(millis + 1)) == Step.REPEAT) {
        repeats.add(millis + 1);
      }
    }
    assertThat(repeats).containsExactly(250L, 750L, 1750L, 3750L);
    assertThat(millis).isEqualTo(5750);
  }

  @Test
  void whatWasMissedIsNotMadeUpFor() {
    assertThat(retransmission.at(after(1900))).isEqualTo(Step.REPEAT);
    assertThat(retransmission.at(after(1900))).isEqualTo(Step.WAIT);
    assertThat(retransmission.nextDeadline()).isEqualTo(after(3750));
  }

  @Test
  void whoComesAfterTheEndIsTooLate() {
    assertThat(retransmission.nextDeadline()).isEqualTo(after(250));
    assertThat(retransmission.at(after(10_000))).isEqualTo(Step.FAIL);
    assertThat(retransmission.at(after(10_000))).isEqualTo(Step.FAIL);
  }

  private static Instant after(long millis) {
    return SENT.plus(Duration.ofMillis(millis));
  }
}
