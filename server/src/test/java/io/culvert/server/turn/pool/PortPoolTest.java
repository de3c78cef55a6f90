package io.culvert.server.turn.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortPoolTest {
  private static final int FIRST = 49_152;
  private static final int LAST = 65_535;

  @Test
  void everyPortIsHadOnceAndThenThereIsNone() {
    PortPool pool = new PortPool(FIRST, LAST);
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < pool.size(); i++) {
      taken.add(pool.take());
    }
    assertThat(taken).hasSize(LAST - FIRST + 1).allMatch(port -> port >= FIRST && port <= LAST);
    assertThat(pool.take()).isEqualTo(PortPool.NONE);
    assertThat(pool.takeEven()).isEqualTo(PortPool.NONE);
    assertThat(pool.takePair()).isEqualTo(PortPool.NONE);
    assertThat(pool.free()).isZero();
    taken.forEach(pool::give);
    assertThat(pool.free()).isEqualTo(pool.size());
  }

  @Test
  void everyPairIsHadOnce() {
    PortPool pool = new PortPool(FIRST, LAST);
    for (int i = 0; i < pool.size() / 2; i++) {
      int even = pool.takePair();
      assertThat(even).isEven().isGreaterThanOrEqualTo(FIRST);
      assertThat(pool.isTaken(even)).isTrue();
      assertThat(pool.isTaken(even + 1)).isTrue();
      assertThat(pool.free()).isEqualTo(pool.size() - 2 * (i + 1));
    }
    assertThat(pool.takePair()).isEqualTo(PortPool.NONE);
  }

  @Test
  void anEvenPortAloneLeavesItsNeighbourToOthers() {
    PortPool pool = new PortPool(FIRST, FIRST + 1);
    assertThat(pool.takeEven()).isEqualTo(FIRST);
    assertThat(pool.takeEven()).isEqualTo(PortPool.NONE);
    assertThat(pool.takePair()).isEqualTo(PortPool.NONE);
    assertThat(pool.take()).isEqualTo(FIRST + 1);
  }

  @Test
  void thereIsNoPairAcrossTheEnds() {
    PortPool pool = new PortPool(49_153, 49_156);
    assertThat(pool.takePair()).isEqualTo(49_154);
    assertThat(pool.takePair()).isEqualTo(PortPool.NONE);
    assertThat(pool.takeEven()).isEqualTo(49_156);
    assertThat(pool.takeEven()).isEqualTo(PortPool.NONE);
    assertThat(pool.take()).isEqualTo(49_153);
  }

  @Test
  void thereIsNoPortBehindTheLastOfAll() {
    PortPool pool = new PortPool(65_534, 65_535);
    assertThat(pool.takePair()).isEqualTo(65_534);
    pool.give(65_535);
    assertThat(pool.isTaken(65_536)).isFalse();
    assertThat(pool.isTaken(65_534)).isTrue();
    assertThat(pool.isTaken(0)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "-1, 10", "10, 9", "1, 65536"})
  void aRangeWithoutPortsIsRefused(int first, int last) {
    assertThatThrownBy(() -> new PortPool(first, last))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPortIsGivenBackOnce() {
    PortPool pool = new PortPool(FIRST, LAST);
    int port = pool.take();
    pool.give(port);
    assertThatThrownBy(() -> pool.give(port)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pool.give(80)).isInstanceOf(IllegalArgumentException.class);
    assertThat(pool.free()).isEqualTo(pool.size());
  }

  @Test
  void twoPoolsDoNotHandOutTheSamePortsInTheSameOrder() {
    assertThat(someOf(new PortPool(FIRST, LAST))).isNotEqualTo(someOf(new PortPool(FIRST, LAST)));
  }

  @Test
  void allPortsAreHandedOutEquallyOften() {
    PortPool pool = new PortPool(1_000, 1_009, new Random(7));
    int[] counts = new int[10];
    for (int i = 0; i < 100_000; i++) {
      int port = pool.take();
      counts[port - 1_000]++;
      pool.give(port);
    }
    assertThat(IntStream.of(counts)).allMatch(count -> count > 9_500 && count < 10_500);
  }

  @Property
  void isWhatASetOfPortsWouldBe(
      @ForAll @IntRange(min = 1_000, max = 1_003) int first,
      @ForAll @IntRange(min = 0, max = 12) int more,
      @ForAll long seed,
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 5) Integer> steps) {
    PortPool pool = new PortPool(first, first + more, new Random(seed));
    Set<Integer> free = new TreeSet<>(IntStream.rangeClosed(first, first + more).boxed().toList());
    List<Integer> taken = new ArrayList<>();
    Random random = new Random(seed);
    for (int step : steps) {
      switch (step) {
        case 0 -> move(pool.take(), !free.isEmpty(), 1, free, taken);
        case 1 -> move(pool.takeEven(), free.stream().anyMatch(p -> p % 2 == 0), 1, free, taken);
        case 2 -> {
          boolean any = free.stream().anyMatch(p -> p % 2 == 0 && free.contains(p + 1));
          move(pool.takePair(), any, 2, free, taken);
        }
        default -> {
          if (!taken.isEmpty()) {
            Collections.swap(taken, random.nextInt(taken.size()), taken.size() - 1);
            int port = taken.removeLast();
            pool.give(port);
            free.add(port);
          }
        }
      }
      assertThat(pool.free()).isEqualTo(free.size());
      for (int port = first - 1; port <= first + more + 1; port++) {
        assertThat(pool.isTaken(port)).isEqualTo(taken.contains(port));
      }
    }
  }

  @Test
  void threadsNeverHaveTheSamePort() throws Exception {
    PortPool pool = new PortPool(10_000, 10_063);
    Set<Integer> had = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(() -> {
              for (int round = 0; round < 20_000; round++) {
                int count = round % 3 == 0 ? 2 : 1;
                int port =
                    switch (round % 3) {
                      case 0 -> pool.takePair();
                      case 1 -> pool.takeEven();
                      default -> pool.take();
                    };
                for (int p = port; p < port + count && port != PortPool.NONE; p++) {
                  assertThat(had.add(p)).isTrue();
                }
                for (int p = port; p < port + count && port != PortPool.NONE; p++) {
                  had.remove(p);
                  pool.give(p);
                }
              }
            }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }
    assertThat(pool.free()).isEqualTo(64);
  }

  private static void move(
      int port, boolean expected, int count, Set<Integer> free, List<Integer> taken) {
    assertThat(port != PortPool.NONE).isEqualTo(expected);
    if (expected) {
      for (int p = port; p < port + count; p++) {
        assertThat(free.remove(p)).isTrue();
        taken.add(p);
      }
    }
  }

  private static List<Integer> someOf(PortPool pool) {
    return IntStream.range(0, 20).mapToObj(i -> pool.take()).toList();
  }
}
