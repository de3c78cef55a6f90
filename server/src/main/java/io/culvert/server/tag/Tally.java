package io.culvert.server.tag;

import java.util.HashMap;
import java.util.Map;

/** How many each one has, up to a limit. */
final class Tally<K> {
  private final int limit;
  private final Map<K, Integer> counts = new HashMap<>();

  Tally(int limit) {
    this.limit = limit;
  }

  boolean hasRoom(K key) {
    return counts.getOrDefault(key, 0) < limit;
  }

  void add(K key) {
    counts.merge(key, 1, Integer::sum);
  }

  void remove(K key) {
    counts.computeIfPresent(key, (k, count) -> count > 1 ? count - 1 : null);
  }
}
