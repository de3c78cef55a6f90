package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OnceAMinuteTest {
  /** Where the clock is about to run over. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));

  private final OnceAMinute telling = new OnceAMinute(now::get);

  @Test
  void theFirstIsToldAndTheNextAMinuteLater() {
    assertThat(telling.isDue()).isTrue();
    assertThat(telling.isDue()).isFalse();
    now.addAndGet(TimeUnit.SECONDS.toNanos(60) - 1);
    assertThat(telling.isDue()).isFalse();
    now.incrementAndGet();
    assertThat(telling.isDue()).isTrue();
    assertThat(telling.isDue()).isFalse();
  }
}
