package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final long MILLISECOND = 1_000_000;

  private final Throttle throttle = new Throttle(0);
  private long now;
  private long arrived;

  @Test
  void offersMoreAndMoreWhileAllOfItArrives() {
    long first = offeredIn(10);
    for (int i = 0; i < 20; i++) {
      arrived += offeredIn(10);
    }

    assertThat(offeredIn(10)).isGreaterThan(5 * first);
  }

  @Test
  void offersAQuarterMoreThanWhatTheServerCan() {
    for (int i = 0; i < 100; i++) {
      offeredIn(10);
      arrived += 1000;
    }

    assertThat(offeredIn(10)).isBetween(1225L, 1275L);
  }

  @Test
  void goesOnAfterTheServerHasPaused() {
    for (int i = 0; i < 100; i++) {
      offeredIn(10);
      arrived += 1000;
    }
    for (int i = 0; i < 3; i++) {
      offeredIn(10);
    }

    assertThat(offeredIn(10)).isGreaterThan(1000);
  }

  @Test
  void offersALittleToAServerThatAnswersNothing() {
    for (int i = 0; i < 1000; i++) {
      offeredIn(10);
    }

    assertThat(offeredIn(10)).isBetween(190L, 210L);
  }

  @Test
  void doesNotCatchUpOnWhatItHasMissed() {
    long usual = offeredIn(10);
    now += 1000 * MILLISECOND;

    assertThat(throttle.allowed(now, arrived)).isLessThan((int) usual);
  }

  /** Takes all that is allowed, every tenth of a millisecond. */
  private long offeredIn(int milliseconds) {
    long offered = 0;
    for (int i = 0; i < milliseconds * 10; i++) {
      now += MILLISECOND / 10;
      int allowed = throttle.allowed(now, arrived);
      throttle.left(allowed);
      offered += allowed;
    }
    return offered;
  }
}
