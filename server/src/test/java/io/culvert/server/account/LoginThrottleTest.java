package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.account.LoginThrottle.Admission;
import io.culvert.server.account.LoginThrottle.Attempt;
import io.culvert.server.account.LoginThrottle.Origin;
import io.culvert.server.account.LoginThrottle.Wait;
import io.culvert.server.net.Party;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
  private static final String HOME = "198.51.100.7";

  private final VirtualTime time = new VirtualTime();
  private final LoginThrottle throttle = new LoginThrottle(time);

  @Test
  void tenWrongPasswordsAreFreeThenEachOneDoublesTheWait() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 19; i++) {
      waits.add(waitThenFail("alice", HOME).toSeconds());
    }

    assertThat(waits)
        .containsExactly(
            0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L);
  }

  @Test
  void nobodyWaitsForLongerThanAQuarterOfAnHour() {
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 1000; i++) {
      Duration wait = waitThenFail("alice", HOME);
      longest = wait.compareTo(longest) > 0 ? wait : longest;
    }

    assertThat(longest).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void whoGuessesDayAndNightFromOneAddressHasAHundredGuessesADay() {
    fails(day(), () -> waitThenFail("alice", HOME));

    assertThat(fails(day(), () -> waitThenFail("alice", HOME))).isBetween(90, 100);
  }

  @Test
  void whoGuessesFromEverywhereHasOneGuessEachHalfMinute() {
    int[] address = {0};
    fails(day(), () -> waitThenFail("alice", address(address[0]++)));

    assertThat(fails(day(), () -> waitThenFail("alice", address(address[0]++))))
        .isBetween(2_850, 2_900);
  }

  @Test
  void whoGuessesAtEverybodyFromOneAddressHasOneGuessEachTenSeconds() {
    int[] name = {0};
    fails(day(), () -> waitThenFail("account" + name[0]++, HOME));

    assertThat(fails(day(), () -> waitThenFail("account" + name[0]++, HOME)))
        .isBetween(8_600, 8_680);
  }

  @Test
  void thousandGuessesAtOnceAreNoMoreThanOneAfterTheOther() {
    List<Admission> admissions =
        IntStream.range(0, 1000).mapToObj(_ -> admit("alice", HOME)).toList();

    assertThat(admissions.stream().filter(Attempt.class::isInstance)).hasSize(10);
  }

  @Test
  void theRightPasswordMakesUpForTheWrongOnes() {
    for (int i = 0; i < 4; i++) {
      waitThenFail("alice", HOME);
    }
    succeed("alice", HOME);

    for (int i = 0; i < 10; i++) {
      assertThat(waitThenFail("alice", HOME)).isZero();
    }
  }

  @Test
  void failuresAreForgottenInTime() {
    for (int i = 0; i < 10; i++) {
      waitThenFail("alice", HOME);
    }
    time.pass(Duration.ofMinutes(150));

    for (int i = 0; i < 10; i++) {
      assertThat(waitThenFail("alice", HOME)).isZero();
    }
  }

  @Test
  void whoMistypesHoldsUpNobodyElse() {
    for (int i = 0; i < 10; i++) {
      waitThenFail("alice", HOME);
    }

    assertThat(admit("bob", HOME)).isInstanceOf(Attempt.class);
    assertThat(admit("alice", "198.51.100.8")).isInstanceOf(Attempt.class);
  }

  @Test
  void theOwnerIsNotHeldUpByGuessesOfOthersWhereTheyHaveLoggedInBefore() {
    succeed("alice", HOME);
    guessFromEverywhere("alice");

    assertThat(admit("alice", HOME)).isInstanceOf(Attempt.class);
    assertThat(admit("alice", "192.0.2.1")).isInstanceOf(Wait.class);
  }

  @Test
  void theOwnerElsewhereWaitsHalfAMinuteAtMost() {
    guessFromEverywhere("alice");

    assertThat(waitOf("alice", "192.0.2.1"))
        .isPositive()
        .isLessThanOrEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aCrowdBehindOneAddressMayMistypeAHundredTimesAndThenWaitsTenSecondsAtMost() {
    succeed("regular", HOME);
    for (int i = 0; i < 99; i++) {
      assertThat(waitThenFail("account" + i, HOME)).isZero();
    }
    for (int i = 0; i < 20; i++) {
      admit("another" + i, HOME);
      time.pass(Duration.ofMillis(1));
    }

    assertThat(waitOf("newcomer", HOME)).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(10));
    assertThat(admit("regular", HOME)).isInstanceOf(Attempt.class);
  }

  @Test
  void anAccountOfTheirOwnDoesNotHelpWhoeverGuessesAtOthers() {
    int tried = 0;
    for (int i = 0; i < 200; i++) {
      if (admit("victim" + i, HOME) instanceof Attempt) {
        tried++;
      }
      succeed("own", HOME);
    }

    assertThat(tried).isEqualTo(100);
  }

  @Test
  void aLoginThatWasNotTriedLeavesNothingBehind() {
    for (int i = 0; i < 1000; i++) {
      assertThat(admit("alice", HOME)).isInstanceOfSatisfying(Attempt.class, Attempt::withdrawn);
    }

    assertThat(admit("alice", HOME)).isInstanceOf(Attempt.class);
  }

  @Test
  void aWithdrawalAmidOthersTakesBackItsOwnOnly() {
    Attempt first = (Attempt) admit("alice", HOME);
    for (int i = 0; i < 9; i++) {
      admit("alice", HOME);
    }
    assertThat(admit("alice", HOME)).isInstanceOf(Wait.class);

    first.withdrawn();

    assertThat(admit("alice", HOME)).isInstanceOf(Attempt.class);
    assertThat(admit("alice", HOME)).isInstanceOf(Wait.class);
  }

  @Test
  void oneNetworkOfIpv6IsOneAddress() {
    for (int i = 0; i < 10; i++) {
      waitThenFail("alice", "2001:db8::" + (i + 1));
    }

    assertThat(admit("alice", "2001:db8::ffff:1")).isInstanceOf(Wait.class);
    assertThat(admit("alice", "2001:db8:0:1::1")).isInstanceOf(Attempt.class);
  }

  @Test
  void aClockThatIsPutBackMakesNobodyWaitForIt() {
    for (int i = 0; i < 11; i++) {
      waitThenFail("alice", HOME);
    }
    time.pass(Duration.ofDays(-1));

    assertThat(waitOf("alice", HOME)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void onlySoManyAreRemembered() {
    RecentMap<Integer, Boolean> map = new RecentMap<>(3);
    for (int i = 0; i < 3; i++) {
      map.put(i, true);
    }
    map.get(0);
    map.put(3, true);

    assertThat(map.keySet()).containsExactly(2, 0, 3);
  }

  private void guessFromEverywhere(String account) {
    for (int i = 0; i < 1000; i++) {
      admit(account, address(i));
      time.pass(Duration.ofMillis(500));
    }
  }

  private static String address(int n) {
    return "10.%d.%d.%d".formatted(n >> 16 & 255, n >> 8 & 255, n & 255);
  }

  /** Unless it is told otherwise, the attempt fails. */
  private Admission admit(String account, String address) {
    return throttle.admit(new Origin(account, Party.of(InetAddress.ofLiteral(address))));
  }

  private void succeed(String account, String address) {
    ((Attempt) admit(account, address)).succeeded();
  }

  private Duration waitOf(String account, String address) {
    return switch (admit(account, address)) {
      case Wait(Duration wait) -> wait;
      case Attempt attempt -> {
        attempt.withdrawn();
        yield Duration.ZERO;
      }
    };
  }

  /** Waits as long as it takes, fails, and returns how long it took. */
  private Duration waitThenFail(String account, String address) {
    Duration wait = waitOf(account, address);
    time.pass(wait);
    assertThat(admit(account, address)).isInstanceOf(Attempt.class);
    return wait;
  }

  private Instant day() {
    return time.instant().plus(Duration.ofDays(1));
  }

  /** How often it can be done until then. */
  private int fails(Instant end, Runnable fail) {
    int count = 0;
    while (time.instant().isBefore(end)) {
      fail.run();
      count++;
    }
    return count;
  }
}
