package io.culvert.server.tag;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Allowance allowance = new Allowance();

  @Test
  void everybodyHasSoManyAndNoMore() {
    assertThat(taken("203.0.113.1", 3000, START)).isEqualTo(Allowance.PER_PARTY);
    assertThat(taken("203.0.113.2", 3000, START)).isEqualTo(Allowance.PER_PARTY);
  }

  @Test
  void anIpv6NetworkIsOneParty() {
    assertThat(taken("2001:db8:0:1::1", 200, START)).isEqualTo(200);
    assertThat(taken("2001:db8:0:1:ffff::2", 3000, START)).isEqualTo(Allowance.PER_PARTY - 200);
    assertThat(taken("2001:db8:0:2::1", 200, START)).isEqualTo(200);
  }

  @Test
  void allTogetherHaveSoManyAndNoMore() {
    int taken = 0;
    for (int i = 0; i < Allowance.IN_ALL + 1000; i++) {
      taken += taken("10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255), 1, START);
    }
    assertThat(taken).isEqualTo(Allowance.IN_ALL);
    assertThat(taken("203.0.113.1", 1, START)).isZero();
  }

  @Test
  void aMinuteAfterTheFirstWasTakenThereAreAsManyAgain() {
    assertThat(taken("203.0.113.1", 1, START)).isEqualTo(1);
    Instant later = START.plus(Duration.ofMillis(59_999));
    assertThat(taken("203.0.113.1", 3000, later)).isEqualTo(Allowance.PER_PARTY - 1);
    for (int i = 0; i < Allowance.IN_ALL; i++) {
      taken("10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255), 1, later);
    }
    assertThat(taken("203.0.113.2", 3000, later)).isZero();

    Instant minute = later.plusMillis(1);
    assertThat(taken("203.0.113.1", 3000, minute)).isEqualTo(Allowance.PER_PARTY);
    assertThat(taken("203.0.113.2", 3000, minute)).isEqualTo(Allowance.PER_PARTY);
  }

  /** How many of so many there were. */
  private int taken(String ip, int times, Instant now) {
    int taken = 0;
    for (int i = 0; i < times; i++) {
      taken += allowance.take(InetAddress.ofLiteral(ip), now) ? 1 : 0;
    }
    return taken;
  }
}
