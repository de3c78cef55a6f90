package io.culvert.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told is in {@code TagKeyTest}. */
class KeyFileTest {
  private static final int AT_ONCE = 8;

  @TempDir private Path data;

  @Test
  void whoMakesItAtTheSameTimeGetsTheSame() throws Exception {
    for (int round = 0; round < 20; round++) {
      KeyFile file = new KeyFile("key" + round, "tests", "nothing is lost");
      CyclicBarrier start = new CyclicBarrier(AT_ONCE);
      List<Callable<String>> makers = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        makers.add(() -> {
          start.await();
          return HexFormat.of().formatHex(file.keptIn(data));
        });
      }
      try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
        List<String> keys = new ArrayList<>();
        for (Future<String> key : threads.invokeAll(makers)) {
          keys.add(key.get());
        }
        assertThat(keys).containsOnly(keys.getFirst());
      }
    }
    assertThat(data.toFile().list()).hasSize(20);
  }
}
