package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class YoungMapTest {
  private final YoungMap<Integer, String> map = new YoungMap<>(10);

  @Test
  void itForgetsTheOldestHalfAndNeverHoldsMoreThanItMay() {
    for (int i = 0; i < 1000; i++) {
      map.put(i, "value " + i);

      int last = i;
      assertThat(IntStream.rangeClosed(Math.max(0, i - 4), i))
          .allSatisfy(key -> assertThat(map.get(key)).isEqualTo("value " + key));
      assertThat(IntStream.rangeClosed(0, last).filter(key -> map.get(key) != null).count())
          .isLessThanOrEqualTo(10);
    }
  }

  @Test
  void whatIsRemovedIsGoneWhateverItsAge() {
    for (int i = 0; i < 8; i++) {
      map.put(i, "value");
    }
    map.remove(1);
    map.remove(7);
    map.remove(99);

    assertThat(map.get(1)).isNull();
    assertThat(map.get(7)).isNull();
    assertThat(map.get(2)).isEqualTo("value");

    map.clear();

    assertThat(IntStream.range(0, 8)).allSatisfy(key -> assertThat(map.get(key)).isNull());
  }
}
