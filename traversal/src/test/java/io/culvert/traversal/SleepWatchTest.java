package io.culvert.traversal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SleepWatchTest {
  private static final Instant STEADY = Instant.ofEpochSecond(1_000);
  private static final Instant WALL = Instant.ofEpochSecond(1_800_000_000);

  private final SleepWatch watch = new SleepWatch(STEADY, WALL);
  private Instant steady = STEADY;
  private Instant wall = WALL;

  /** So much time passes by the two clocks until the timer runs. */
  private Duration after(Duration bySteady, Duration byWall) {
    steady = steady.plus(bySteady);
    wall = wall.plus(byWall);
    return watch.slept(steady, wall);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000));
  }

  @Test
  void whoseTimerRunsEverySecondHasNotSlept() {
    for (int i = 0; i < 1000; i++) {
      assertThat(after(seconds(1.01), seconds(1.01))).isZero();
    }
  }

  @Test
  void aTimerThatIsSomewhatLateIsNoSleep() {
    assertThat(after(seconds(3.9), seconds(3.9))).isZero();
    assertThat(after(seconds(1), seconds(1))).isZero();
  }

  @Test
  void aMachineThatSleepsIsSeenByTheWallClockAlone() {
    assertThat(after(seconds(1), seconds(601))).isEqualTo(seconds(600));
    assertThat(after(seconds(1), seconds(1))).isZero();
  }

  @Test
  void aProcessThatWasStoppedIsSeenByBoth() {
    assertThat(after(seconds(61), seconds(61))).isEqualTo(seconds(60));
    assertThat(after(seconds(1), seconds(1))).isZero();
  }

  @Test
  void aStopIsSeenThoughTheWallClockIsSetBackMeanwhile() {
    assertThat(after(seconds(61), seconds(-3600))).isEqualTo(seconds(60));
  }

  @Test
  void aWallClockThatIsSetBackSaysNothingThenNorLater() {
    assertThat(after(seconds(1), seconds(-86_400))).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(after(seconds(1), seconds(1))).isZero();
    }
  }

  @Test
  void aWallClockThatIsSetForwardSaysSoOnceOnly() {
    assertThat(after(seconds(1), seconds(86_401))).isEqualTo(Duration.ofDays(1));
    for (int i = 0; i < 100; i++) {
      assertThat(after(seconds(1), seconds(1))).isZero();
    }
  }

  @Test
  void aWallClockThatIsPushedGentlySaysNothing() {
    for (int i = 0; i < 1000; i++) {
      assertThat(after(seconds(1), seconds(i % 2 == 0 ? 0.9 : 1.4))).isZero();
    }
  }
}
