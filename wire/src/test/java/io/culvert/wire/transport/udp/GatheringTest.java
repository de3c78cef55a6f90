package io.culvert.wire.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final long START = Long.MAX_VALUE - 5; // a clock may begin anywhere

  private final Gathering gathering = new Gathering(START);
  private long now = START;
  private long all;

  @Test
  void rareDatagramsNeverWait() {
    for (int i = 0; i < 1000; i++) {
      assertThat(afterMicros(100, 1)).isZero();
    }
  }

  @Test
  void frequentDatagramsAreLeftToGather() {
    for (int i = 0; i < 1000; i++) {
      afterMicros(40, 1);
    }

    assertThat(afterMicros(40, 1)).isEqualTo(Gathering.REST_NANOS);
  }

  @Test
  void theyAreAsFrequentWhenTheyHaveGathered() {
    for (int i = 0; i < 1000; i++) {
      afterMicros(40, 1);
    }

    for (int i = 0; i < 100; i++) {
      assertThat(afterMicros(240, 6)).isEqualTo(Gathering.REST_NANOS);
    }
  }

  @Test
  void aLoopThatIsBusyDoesNotRest() {
    for (int i = 0; i < 100; i++) {
      assertThat(afterMicros(100, Gathering.BUSY + 1)).isZero();
    }
  }

  @Test
  void aDatagramAfterALongSilenceIsNotKeptWaiting() {
    for (int i = 0; i < 1000; i++) {
      afterMicros(40, 1);
    }

    assertThat(afterMicros(TimeUnit.HOURS.toMicros(1), 1)).isZero();
    assertThat(afterMicros(10, 1)).isZero();
  }

  @Test
  void whatComesOftenAgainIsFoundOutWithinAHundredthOfASecond() {
    afterMicros(TimeUnit.HOURS.toMicros(1), 1);
    long begin = now;

    while (afterMicros(40, 1) == 0) {
      assertThat(now - begin).isLessThan(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  private long afterMicros(long micros, int datagrams) {
    now += TimeUnit.MICROSECONDS.toNanos(micros);
    all += datagrams;
    return gathering.after(all, now);
  }
}
