package io.culvert.server.turn.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenPortsTest {
  private final OpenPorts ports = new OpenPorts();

  @Test
  void eachPortIsOpenByItself() {
    BitSet expected = new BitSet();
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      int port = random.nextInt(1 << 16);
      if (random.nextBoolean()) {
        ports.add(port);
        expected.set(port);
      } else {
        ports.remove(port);
        expected.clear(port);
      }
    }
    for (int port = 0; port < 1 << 16; port++) {
      assertThat(ports.contains(port)).as("port %d", port).isEqualTo(expected.get(port));
    }
  }

  @Test
  void threadsThatOpenNeighboursLoseNone() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Future<?>[] all = new Future<?>[4];
      for (int i = 0; i < all.length; i++) {
        int first = i;
        all[i] =
            threads.submit(() -> {
              for (int port = first; port < 1 << 16; port += 4) {
                ports.add(port);
                if (port % 3 == 0) {
                  ports.remove(port);
                }
              }
            });
      }
      for (Future<?> each : all) {
        each.get(1, TimeUnit.MINUTES);
      }
    }
    assertThat(IntStream.range(0, 1 << 16).filter(ports::contains).count())
        .isEqualTo((1 << 16) - 21_846);
  }
}
