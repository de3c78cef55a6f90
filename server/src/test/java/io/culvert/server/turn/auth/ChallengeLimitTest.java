package io.culvert.server.turn.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.transport.udp.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChallengeLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Before zero, and in the middle of a second. */
  private static final long NOW = -10 * SECOND - SECOND / 2;

  private final ChallengeLimit limit = new ChallengeLimit(50);

  @Test
  void case44_anIpv4AddressGetsSoManyInASecond() {
    assertThat(taken(0, ipv4(0x01020304), 1_000, NOW)).isEqualTo(50);
    assertThat(taken(0, ipv4(0x01020305), 1_000, NOW)).isEqualTo(50);
  }

  @Test
  void case44_anIpv6NetworkOf64BitsIsOne() {
    int taken = 0;
    for (long low = 0; low < 100; low++) {
      taken += taken(0x2001_0db8_0000_0001L, low << 32, 1, NOW);
    }
    assertThat(taken).isEqualTo(50);
    assertThat(taken(0x2001_0db8_0000_0002L, 1, 100, NOW)).isEqualTo(50);
  }

  @Test
  void inTheNextSecondThereAreAsManyAgain() {
    assertThat(taken(0, ipv4(1), 100, NOW)).isEqualTo(50);
    assertThat(taken(0, ipv4(1), 100, NOW + SECOND / 2 - 1)).isZero();
    assertThat(taken(0, ipv4(1), 100, NOW + SECOND / 2)).isEqualTo(50);
    assertThat(taken(0, ipv4(1), 100, NOW + 100 * SECOND)).isEqualTo(50);
  }

  @Test
  void case41_aMillionForgedSendersKeepHardlyAnybodyOut() {
    for (int i = 0; i < 1_000_000; i++) {
      limit.take(0, ipv4(i * 2_654_435), NOW);
    }
    int kept = 0;
    for (int i = 0; i < 1_000; i++) {
      kept += 1 - taken(0x2a00_0000_0000_0000L + i, 1, 1, NOW);
    }
    assertThat(kept).isLessThan(5);
  }

  @Test
  void threadsTogetherDoNotGetMore() throws Exception {
    int taken = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(threads.submit(() -> taken(0, ipv4(7), 50_000, NOW)));
      }
      for (Future<Integer> result : results) {
        taken += result.get(1, TimeUnit.MINUTES);
      }
    }
    assertThat(taken).isEqualTo(50);
  }

  @Test
  void aLimitLetsSomebodyIn() {
    assertThatThrownBy(() -> new ChallengeLimit(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private int taken(long high, long low, int tries, long now) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += limit.take(high, low, now) ? 1 : 0;
    }
    return taken;
  }

  private static long ipv4(int address) {
    return Endpoint.low(address);
  }
}
