package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimetableTest {
  private static final int SOURCES = 50;
  private static final int PER_SECOND = 1000;
  private static final long PERIOD_NANOS = 50_000_000;

  private final int[] sent = new int[SOURCES];
  private final Timetable timetable =
      new Timetable(SOURCES, PER_SECOND, (which, _) -> sent[which]++, new SplittableRandom(1), 0);

  @Test
  void everySourceSendsOnceInAPeriod() {
    timetable.at(3 * PERIOD_NANOS - 1);

    assertThat(sent).containsOnly(3);
  }

  @Test
  void theyDoNotSendAllAtOnce() {
    timetable.at(PERIOD_NANOS / 2);

    assertThat(Arrays.stream(sent).sum()).isBetween(10, 40);
  }

  @Test
  void nothingIsSentTwice() {
    timetable.at(PERIOD_NANOS - 1);
    timetable.at(PERIOD_NANOS - 1);

    assertThat(sent).containsOnly(1);
  }
}
