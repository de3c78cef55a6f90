package io.culvert.wire.transport.udp;

import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what belongs to an address and a port without an object for the question. Open addressing
 * with linear probing; a removal closes the gap, so there are no tombstones. Not thread-safe.
 */
public final class EndpointMap<V> {
  private static final int INITIAL_CAPACITY = 16;

  // Strangers choose addresses: without a secret they could choose such that collide.
  private final long seed;
  private @Nullable Endpoint[] keys = new Endpoint[INITIAL_CAPACITY];
  private @Nullable Object[] values = new Object[INITIAL_CAPACITY];
  private int size;

  /**
   * An empty one.
   *
   * @param seed a random number that nobody outside knows
   */
  public EndpointMap(long seed) {
    this.seed = seed;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** What belongs to that endpoint. */
  public @Nullable V get(long high, long low, int port) {
    return value(find(high, low, port));
  }

  /** The same. */
  public @Nullable V get(Endpoint key) {
    return get(key.high(), key.low(), key.port());
  }

  /** Sets what belongs to an endpoint and returns what did before. */
  public @Nullable V put(Endpoint key, V value) {
    Objects.requireNonNull(value);
    int slot = find(key.high(), key.low(), key.port());
    V before = value(slot);
    values[slot] = value;
    if (before == null) {
      keys[slot] = key;
      size++;
      if (size * 2 > keys.length) {
        grow();
      }
    }
    return before;
  }

  /** Forgets what belongs to an endpoint and returns it. */
  public @Nullable V remove(Endpoint key) {
    int slot = find(key.high(), key.low(), key.port());
    V removed = value(slot);
    if (removed != null) {
      size--;
      close(slot);
    }
    return removed;
  }

  /** Calls back with each of them; the map must not change meanwhile. */
  public void forEach(BiConsumer<Endpoint, V> action) {
    for (int slot = 0; slot < keys.length; slot++) {
      Endpoint key = keys[slot];
      V value = value(slot);
      if (key != null && value != null) {
        action.accept(key, value);
      }
    }
  }

  @SuppressWarnings("unchecked") // only put writes values
  private @Nullable V value(int slot) {
    return (V) values[slot];
  }

  /** Where that endpoint is, or else the free slot where it would be. */
  private int find(long high, long low, int port) {
    int mask = keys.length - 1;
    int slot = hash(high, low, port) & mask;
    while (true) {
      Endpoint key = keys[slot];
      if (key == null || key.is(high, low, port)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private int hash(long high, long low, int port) {
    long mixed = mix(mix(mix(seed ^ high) ^ low) ^ port);
    return (int) (mixed >>> Integer.SIZE);
  }

  /** Spreads every bit over all others (the finalizer of SplitMix64). */
  private static long mix(long bits) {
    long once = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
    return twice ^ (twice >>> 31);
  }

  private void grow() {
    @Nullable Endpoint[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new Endpoint[oldKeys.length * 2];
    values = new Object[keys.length];
    for (int slot = 0; slot < oldKeys.length; slot++) {
      Endpoint key = oldKeys[slot];
      if (key != null) {
        int to = find(key.high(), key.low(), key.port());
        keys[to] = key;
        values[to] = oldValues[slot];
      }
    }
  }

  /** Moves those behind a gap that would not be found across it any more. */
  private void close(int gap) {
    int mask = keys.length - 1;
    int free = gap;
    for (int slot = (gap + 1) & mask; ; slot = (slot + 1) & mask) {
      Endpoint key = keys[slot];
      if (key == null) {
        break;
      }
      int home = hash(key.high(), key.low(), key.port()) & mask;
      if (((slot - home) & mask) >= ((slot - free) & mask)) {
        keys[free] = key;
        values[free] = values[slot];
        free = slot;
      }
    }
    keys[free] = null;
    values[free] = null;
  }
}
