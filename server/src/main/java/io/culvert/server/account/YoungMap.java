package io.culvert.server.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A map that forgets what it has had for longest when it gets too large, half of it at a time. One
 * thread changes it, any may read.
 */
final class YoungMap<K, V> {
  private final int generation;
  private volatile Map<K, V> young = new ConcurrentHashMap<>();
  private volatile Map<K, V> old = new ConcurrentHashMap<>();

  YoungMap(int capacity) {
    generation = capacity / 2;
  }

  @Nullable V get(K key) {
    V value = young.get(key);
    return value == null ? old.get(key) : value;
  }

  void put(K key, V value) {
    if (young.size() >= generation) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
    young.put(key, value);
  }

  void remove(K key) {
    young.remove(key);
    old.remove(key);
  }

  void clear() {
    young.clear();
    old.clear();
  }
}
