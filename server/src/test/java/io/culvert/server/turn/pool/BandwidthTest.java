package io.culvert.server.turn.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BandwidthTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Where the clock is about to run over. */
  private static final long START = Long.MAX_VALUE - SECOND;

  @ParameterizedTest
  @CsvSource({
    "10_000,          200,  1",
    "125_000,         1200, 1",
    "125_000,         1200, 8",
    "1_250_000,       120,  3",
    "12_500_000,      1200, 4",
    "125_000_000,     1200, 16",
    "1_250_000_000,   9000, 64",
  })
  void case52_theRateIsRightWithinFivePercent(String rateText, int bytes, int shares) {
    long rate = Long.parseLong(rateText.replace("_", ""));
    assertThat(relayed(rate, bytes, shares, 10)).isCloseTo(10 * rate, Percentage.withPercentage(5));
  }

  @Test
  void whatIsTakenOfTwoIsPaidOnceOrNotAtAll() {
    Bandwidth.Share user = new Bandwidth(1_000, START).share();
    Bandwidth all = new Bandwidth(1_000, START);
    assertThat(all.share().take(1_000, START)).isTrue();
    Bandwidth.Share ofAll = all.share();
    for (int i = 0; i < 50; i++) {
      assertThat(user.takeWith(ofAll, 1_000, START)).isFalse();
    }
    long later = START + SECOND;
    assertThat(user.takeWith(ofAll, 1_000, later)).isTrue();
    assertThat(user.takeWith(ofAll, 1, later)).isFalse();
    assertThat(user.take(1, later)).as("paid once").isTrue();
  }

  @Test
  void whatIsNotLimitedIsNotSavedForLater() {
    Bandwidth user = new Bandwidth(0, START);
    Bandwidth.Share ofUser = user.share();
    Bandwidth.Share ofAll = new Bandwidth(1_000, START).share();
    assertThat(ofUser.takeWith(ofAll, 10_000, START)).isTrue();
    assertThat(ofUser.takeWith(ofAll, 10_000, START)).isFalse();
    user.limit(1_000);
    assertThat(ofUser.take(1_000, START)).isTrue();
    assertThat(ofUser.take(1, START)).isFalse();
  }

  @Property(tries = 100)
  void theRateIsRightWithPacketsOfAnySize(
      @ForAll @LongRange(min = 20_000, max = 50_000_000) long rate,
      @ForAll @IntRange(min = 1, max = 8) int shares,
      @ForAll long seed) {
    Bandwidth bandwidth = new Bandwidth(rate, START);
    List<Bandwidth.Share> all = Stream.generate(bandwidth::share).limit(shares).toList();
    Random random = new Random(seed);
    long relayed = 0;
    long step = 200 * SECOND / rate;
    for (long now = 0; now < 10 * SECOND; now += step) {
      int bytes = random.nextInt(1_500);
      relayed += all.get(random.nextInt(shares)).take(bytes, START + now) ? bytes : 0;
    }
    assertThat(relayed).isCloseTo(10 * rate, Percentage.withPercentage(5));
  }

  @Test
  void whoStaysBelowTheRateLosesNothing() {
    Bandwidth.Share share = new Bandwidth(1_000_000, START).share();
    for (int i = 0; i < 10_000; i++) {
      assertThat(share.take(1_000, START + i * SECOND / 1_000)).isTrue();
    }
  }

  @Test
  void aBurstOfATenthOfASecondPassesAfterAPause() {
    Bandwidth.Share share = new Bandwidth(1_000_000, START).share();
    for (int hour = 0; hour < 3; hour++) {
      long now = START + TimeUnit.HOURS.toNanos(hour);
      int passed = 0;
      while (share.take(1_000, now)) {
        passed++;
      }
      assertThat(passed).isCloseTo(100, within(2));
    }
  }

  @Test
  void theLargestPacketPassesTheLowestRateAndIsPaidForLater() {
    Bandwidth.Share share = new Bandwidth(1_000, START).share();
    assertThat(share.take(65_000, START)).isTrue();
    assertThat(share.take(1, START + 64 * SECOND)).isFalse();
    assertThat(share.take(1, START + 65 * SECOND)).isTrue();
  }

  @Test
  void withoutALimitEverythingPasses() {
    Bandwidth.Share share = new Bandwidth(0, START).share();
    for (int i = 0; i < 100_000; i++) {
      assertThat(share.take(65_535, START)).isTrue();
    }
  }

  @Test
  void anotherRateHoldsFromThenOn() {
    Bandwidth bandwidth = new Bandwidth(1_000_000, START);
    Bandwidth.Share share = bandwidth.share();
    relay(share, 1_000, START, 1);
    bandwidth.limit(100_000);
    assertThat(relay(share, 1_000, START + SECOND, 10))
        .isCloseTo(1_000_000, Percentage.withPercentage(5));
    bandwidth.limit(10_000_000);
    assertThat(relay(share, 1_000, START + 11 * SECOND, 10))
        .isCloseTo(100_000_000, Percentage.withPercentage(5));
  }

  @Test
  void theHighestRateDoesNotOverflow() {
    Bandwidth.Share share = new Bandwidth(Long.MAX_VALUE, START).share();
    for (int i = 0; i < 1_000; i++) {
      assertThat(share.take(65_535, START + i)).isTrue();
    }
  }

  @Test
  void aRateIsNotNegative() {
    assertThatThrownBy(() -> new Bandwidth(-1, START)).isInstanceOf(IllegalArgumentException.class);
    Bandwidth bandwidth = new Bandwidth(1, START);
    assertThatThrownBy(() -> bandwidth.limit(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void threadsTogetherDoNotGetMoreThanTheRate() throws Exception {
    Bandwidth bandwidth = new Bandwidth(1_000_000, 0);
    AtomicLong clock = new AtomicLong();
    long relayed = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Long>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(() -> {
              Bandwidth.Share share = bandwidth.share();
              long passed = 0;
              // Every question moves the time of all: 100 microseconds, in which 100 bytes are
              // earned.
              for (long now = 0; now < 10 * SECOND; now = clock.addAndGet(SECOND / 10_000)) {
                passed += share.take(500, now) ? 500 : 0;
              }
              return passed;
            }));
      }
      for (Future<Long> result : results) {
        relayed += result.get(1, TimeUnit.MINUTES);
      }
    }
    assertThat(relayed).isCloseTo(10_000_000, Percentage.withPercentage(5));
  }

  /** How much of twice the rate passes in so many seconds, when shares take turns. */
  private static long relayed(long rate, int bytes, int shares, int seconds) {
    Bandwidth bandwidth = new Bandwidth(rate, START);
    List<Bandwidth.Share> all = Stream.generate(bandwidth::share).limit(shares).toList();
    long relayed = 0;
    long packets = 2 * rate * seconds / bytes;
    for (long i = 0; i < packets; i++) {
      long now = START + (long) ((double) i / packets * seconds * SECOND);
      relayed += all.get((int) (i % shares)).take(bytes, now) ? bytes : 0;
    }
    return relayed;
  }

  private static long relay(Bandwidth.Share share, int bytes, long from, int seconds) {
    long relayed = 0;
    for (long now = 0; now < seconds * SECOND; now += 10_000) {
      relayed += share.take(bytes, from + now) ? bytes : 0;
    }
    return relayed;
  }
}
