package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyTest {
  @Test
  void aPercentileIsTheLeastTimeThatSoManyDoNotExceed() {
    long[] times = LongStream.rangeClosed(1, 1000).map(i -> (1001 - i) * 1000).toArray();

    assertThat(Latency.of(times, 1000)).isEqualTo(new Latency(500, 900, 990, 1000));
  }

  @Test
  void aSinglePacketIsAllOfThem() {
    assertThat(Latency.of(new long[] {1500}, 1)).isEqualTo(new Latency(1.5, 1.5, 1.5, 1.5));
  }

  @Test
  void whatIsBehindTheCountDoesNotCount() {
    assertThat(Latency.of(new long[] {3000, 2000, 9000}, 2)).isEqualTo(new Latency(2, 3, 3, 3));
  }

  @Test
  void nothingTimedIsNoLatency() {
    assertThat(Latency.of(new long[4], 0)).isEqualTo(Latency.NONE);
  }
}
