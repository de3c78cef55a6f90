package io.culvert.server.turn.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.server.turn.pool.Quotas.Granted;
import io.culvert.server.turn.pool.Quotas.Limits;
import io.culvert.server.turn.pool.Quotas.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private static final long NOW = -5;

  @Test
  void case40_aUserHasSoManyAndNoMoreUntilOneIsGone() {
    Quotas quotas = new Quotas(new Limits(2, 0, 0));
    assertThat(quotas.take("alice", NOW)).isInstanceOf(Granted.class);
    assertThat(quotas.take("alice", NOW)).isInstanceOf(Granted.class);
    assertThat(quotas.take("alice", NOW)).isEqualTo(Refused.USER_QUOTA);
    assertThat(quotas.take("bob", NOW)).isInstanceOf(Granted.class);
    quotas.free("alice");
    assertThat(quotas.take("alice", NOW)).isInstanceOf(Granted.class);
    assertThat(quotas.take("alice", NOW)).isEqualTo(Refused.USER_QUOTA);
  }

  @Test
  void allUsersTogetherHaveSoManyAndNoMore() {
    Quotas quotas = new Quotas(new Limits(2, 3, 0));
    for (String user : List.of("alice", "alice", "bob")) {
      assertThat(quotas.take(user, NOW)).isInstanceOf(Granted.class);
    }
    assertThat(quotas.take("bob", NOW)).isEqualTo(Refused.CAPACITY);
    assertThat(quotas.take("carol", NOW)).isEqualTo(Refused.CAPACITY);
    assertThat(quotas.take("alice", NOW)).isEqualTo(Refused.USER_QUOTA);
    quotas.free("alice");
    assertThat(quotas.take("carol", NOW)).isInstanceOf(Granted.class);
    assertThat(quotas.inAll()).isEqualTo(3);
  }

  @Test
  void nothingIsKeptOfUsersWithoutAllocations() {
    Quotas quotas = new Quotas(new Limits(1, 1, 0));
    assertThat(quotas.take("alice", NOW)).isInstanceOf(Granted.class);
    for (int i = 0; i < 1_000; i++) {
      assertThat(quotas.take("user" + i, NOW)).isEqualTo(Refused.CAPACITY);
    }
    assertThat(quotas.users()).isEqualTo(1);
    quotas.free("alice");
    assertThat(quotas.users()).isZero();
    assertThatThrownBy(() -> quotas.free("alice")).isInstanceOf(IllegalArgumentException.class);
    assertThat(quotas.inAll()).isZero();
  }

  @Test
  void otherLimitsHoldFromThenOn() {
    Quotas quotas = new Quotas(new Limits(0, 0, 0));
    Granted granted = (Granted) quotas.take("alice", NOW);
    quotas.take("alice", NOW);
    Bandwidth.Share share = granted.bandwidth().share();
    assertThat(share.take(1 << 20, NOW)).isTrue();
    quotas.limit(new Limits(1, 0, 1_000));
    assertThat(quotas.take("alice", NOW)).isEqualTo(Refused.USER_QUOTA);
    assertThat(share.take(10_000, NOW)).isTrue();
    assertThat(share.take(1, NOW)).isFalse();
    quotas.free("alice");
    assertThat(quotas.take("alice", NOW)).isEqualTo(Refused.USER_QUOTA);
    quotas.limit(new Limits(2, 0, 0));
    assertThat(quotas.take("alice", NOW)).isInstanceOf(Granted.class);
    assertThat(share.take(1 << 20, NOW)).isTrue();
  }

  @Test
  void theAllocationsOfAUserShareTheirBandwidth() {
    Quotas quotas = new Quotas(new Limits(0, 0, 1_000));
    Bandwidth alices = ((Granted) quotas.take("alice", NOW)).bandwidth();
    assertThat(((Granted) quotas.take("alice", NOW)).bandwidth()).isSameAs(alices);
    Bandwidth bobs = ((Granted) quotas.take("bob", NOW)).bandwidth();
    assertThat(alices.share().take(10_000, NOW)).isTrue();
    assertThat(alices.share().take(1, NOW)).isFalse();
    assertThat(bobs.share().take(10_000, NOW)).isTrue();
  }

  @Test
  void whoComesBackStillOwesWhatHasBeenRelayed() {
    Quotas quotas = new Quotas(new Limits(0, 0, 1_000));
    Bandwidth before = ((Granted) quotas.take("alice", NOW)).bandwidth();
    assertThat(before.share().take(10_000, NOW)).isTrue();
    quotas.free("alice");
    Bandwidth after = ((Granted) quotas.take("alice", NOW)).bandwidth();
    assertThat(after.share().take(1, NOW)).isFalse();
    assertThat(after.share().take(1, NOW + TimeUnit.SECONDS.toNanos(10))).isTrue();
  }

  @Test
  void whoOwesNothingAnyMoreIsForgotten() {
    Quotas quotas = new Quotas(new Limits(0, 0, 1_000));
    for (String user : List.of("alice", "bob")) {
      Bandwidth bandwidth = ((Granted) quotas.take(user, NOW)).bandwidth();
      assertThat(bandwidth.share().take(user.equals("bob") ? 1_000 : 10_000, NOW)).isTrue();
      quotas.free(user);
    }
    assertThat(quotas.users()).isZero();
    quotas.expire(NOW + TimeUnit.MILLISECONDS.toNanos(999));
    assertThat(quotas.debtors()).isEqualTo(2);
    quotas.expire(NOW + TimeUnit.SECONDS.toNanos(1));
    assertThat(quotas.debtors()).isEqualTo(1);
    quotas.expire(NOW + TimeUnit.SECONDS.toNanos(10));
    assertThat(quotas.debtors()).isZero();
  }

  @Test
  void whereNothingIsLimitedNobodyOwesAnything() {
    Quotas quotas = new Quotas(new Limits(0, 0, 0));
    quotas.take("alice", NOW);
    quotas.free("alice");
    assertThat(quotas.debtors()).isZero();

    quotas.limit(new Limits(0, 0, 1_000));
    Bandwidth bandwidth = ((Granted) quotas.take("alice", NOW)).bandwidth();
    assertThat(bandwidth.share().take(10_000, NOW)).isTrue();
    quotas.free("alice");
    quotas.limit(new Limits(0, 0, 0));
    quotas.expire(NOW);
    assertThat(quotas.debtors()).isZero();
  }

  @Test
  void aLimitIsNotNegative() {
    assertThatThrownBy(() -> new Limits(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Limits(0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Limits(0, 0, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void threadsTogetherDoNotGetMore() throws Exception {
    Quotas quotas = new Quotas(new Limits(50, 120, 0));
    List<Integer> granted = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(() -> {
              int count = 0;
              for (int round = 0; round < 3_000; round++) {
                if (quotas.take("user" + round % 3, NOW) instanceof Granted) {
                  count++;
                }
              }
              return count;
            }));
      }
      for (Future<Integer> result : results) {
        granted.add(result.get(1, TimeUnit.MINUTES));
      }
    }
    assertThat(granted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(120);
    assertThat(quotas.inAll()).isEqualTo(120);
  }
}
