package io.culvert.server.turn.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.pool.Quotas.Granted;
import io.culvert.server.turn.pool.Quotas.Limits;
import io.culvert.server.turn.pool.Reservations.Reservation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservationsTest {
  /** Where the clock is about to run over. */
  private static final long NOW = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10);

  private final Quotas quotas = new Quotas(new Limits(0, 0, 0));
  private final PortPool pool = new PortPool(10_000, 10_099);
  private final Reservations reservations = new Reservations(quotas);

  @Test
  void whoReservedThePortGetsItOnce() {
    long token = reserve("alice", NOW);
    Reservation claimed = reservations.claim(token, "alice", after(29_999));
    assertThat(claimed).isNotNull();
    assertThat(claimed.port()).isOdd();
    assertThat(claimed.pool()).isSameAs(pool);
    assertThat(pool.isTaken(claimed.port())).isTrue();
    assertThat(quotas.inAll()).isEqualTo(1);
    assertThat(reservations.claim(token, "alice", NOW)).isNull();
    reservations.expire(after(60_000));
    assertThat(pool.isTaken(claimed.port())).isTrue();
  }

  @Test
  void nobodyElseGetsItNorItsOwnerWithAnotherToken() {
    long token = reserve("alice", NOW);
    assertThat(reservations.claim(token, "bob", NOW)).isNull();
    assertThat(reservations.claim(token + 1, "alice", NOW)).isNull();
    assertThat(reservations.claim(token, "alice", NOW)).isNotNull();
  }

  @Test
  void afterThirtySecondsThePortIsFree() {
    long token = reserve("alice", NOW);
    reservations.expire(after(29_999));
    assertThat(reservations.size()).isEqualTo(1);
    assertThat(reservations.claim(token, "alice", after(30_000))).isNull();
    reservations.expire(after(30_000));
    assertThat(reservations.size()).isZero();
    assertThat(pool.free()).isEqualTo(pool.size() - 1);
    assertThat(quotas.inAll()).isZero();
    assertThat(reservations.claim(token, "alice", after(30_000))).isNull();
  }

  @Test
  void onlyTheOldOnesExpire() {
    reserve("alice", NOW);
    long token = reserve("alice", after(20_000));
    reservations.expire(after(30_000));
    assertThat(reservations.size()).isEqualTo(1);
    assertThat(reservations.claim(token, "alice", after(30_000))).isNotNull();
  }

  @Test
  void aTokenCannotBeGuessedFromTheOneBefore() {
    assertThat(reserve("alice", NOW)).isNotEqualTo(reserve("alice", NOW));
    assertThat(reserve("alice", NOW) >>> 32).isNotEqualTo(reserve("alice", NOW) >>> 32);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void case48_afterAHundredThousandAllocationsOfAllKindsThePoolIsFullAgain(long seed) {
    Random random = new Random(seed);
    List<Integer> allocated = new ArrayList<>();
    Map<Long, Integer> tokens = new HashMap<>();
    long now = NOW;
    int claims = 0;
    int expired = 0;
    for (int step = 0; step < 100_000; step++) {
      now += TimeUnit.MILLISECONDS.toNanos(random.nextInt(1_000));
      switch (random.nextInt(12)) {
        case 0, 1 -> allocate(pool.take(), allocated);
        case 2 -> allocate(pool.takeEven(), allocated);
        case 3, 4 -> {
          int even = pool.takePair();
          allocate(even, allocated);
          if (even != PortPool.NONE) {
            tokens.put(
                reservations.reserve("alice", place("alice", now), pool, even + 1, now), even + 1);
          }
        }
        case 5 -> {
          if (!tokens.isEmpty()) {
            long token = tokens.keySet().iterator().next();
            Integer port = tokens.remove(token);
            Reservation claimed = reservations.claim(token, "alice", now);
            if (claimed == null) {
              expired++;
            } else {
              claims++;
              assertThat(claimed.port()).isEqualTo(port);
              allocated.add(claimed.port());
            }
          }
        }
        case 6, 7, 8, 9, 10 -> {
          if (!allocated.isEmpty()) {
            Collections.swap(allocated, random.nextInt(allocated.size()), allocated.size() - 1);
            free(allocated.removeLast());
          }
        }
        default -> reservations.expire(now);
      }
      assertThat(pool.size() - pool.free()).isEqualTo(allocated.size() + reservations.size());
      assertThat(quotas.inAll()).isEqualTo(allocated.size() + reservations.size());
    }
    assertThat(claims).isGreaterThan(1_000);
    assertThat(expired).isGreaterThan(1_000);
    allocated.forEach(this::free);
    reservations.expire(now + Reservations.LIFE.toNanos());
    assertThat(pool.free()).isEqualTo(pool.size());
    assertThat(quotas.inAll()).isZero();
    assertThat(quotas.users()).isZero();
    assertThat(reservations.size()).isZero();
  }

  private void allocate(int port, List<Integer> allocated) {
    if (port != PortPool.NONE) {
      assertThat(quotas.take("alice", NOW)).isInstanceOf(Granted.class);
      allocated.add(port);
    }
  }

  private void free(int port) {
    pool.give(port);
    quotas.free("alice");
  }

  /** Reserves the odd port of a pair, of which the even one is not counted. */
  private long reserve(String user, long now) {
    int even = pool.takePair();
    return reservations.reserve(user, place(user, now), pool, even + 1, now);
  }

  private Granted place(String user, long now) {
    return (Granted) quotas.take(user, now);
  }

  private static long after(long millis) {
    return NOW + TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
