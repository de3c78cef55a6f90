package io.culvert.server.net;

import java.util.HashMap;
import java.util.Map;

/** How many each one has, up to a limit. Not thread-safe. */
public final class Tally<K> {
  private final int limit;
  private final Map<K, Integer> counts = new HashMap<>();

  /** Nobody has anything yet. */
  public Tally(int limit) {
    this.limit = limit;
  }

  /** Whether it has fewer than the limit. */
  public boolean hasRoom(K key) {
    return counts.getOrDefault(key, 0) < limit;
  }

  /** One more. */
  public void add(K key) {
    counts.merge(key, 1, Integer::sum);
  }

  /** One less. */
  public void remove(K key) {
    counts.computeIfPresent(key, (k, count) -> count > 1 ? count - 1 : null);
  }
}
