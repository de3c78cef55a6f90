package io.culvert.server.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often what has happened since the start. Thread-safe, without a lock. */
public final class Counters<E extends Enum<E>> {
  private final Class<E> type;
  private final Map<E, LongAdder> counts;

  /** Counts each constant of that type. */
  public Counters(Class<E> type) {
    this.type = type;
    this.counts = new EnumMap<>(type);
    for (E counter : type.getEnumConstants()) {
      counts.put(counter, new LongAdder());
    }
  }

  /** Once more. */
  public void count(E counter) {
    LongAdder count = counts.get(counter);
    if (count == null) {
      throw new AssertionError(counter + " has a count from the start on");
    }
    count.increment();
  }

  /** All of them, those that have counted nothing yet included. */
  public Map<E, Long> snapshot() {
    Map<E, Long> snapshot = new EnumMap<>(type);
    counts.forEach((counter, count) -> snapshot.put(counter, count.sum()));
    return snapshot;
  }
}
