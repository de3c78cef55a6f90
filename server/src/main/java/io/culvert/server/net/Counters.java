package io.culvert.server.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe counts of what a service does not log. */
public final class Counters<C extends Enum<C>> {
  private final Class<C> type;
  private final Map<C, LongAdder> counts = new ConcurrentHashMap<>();

  public Counters(Class<C> type) {
    this.type = type;
  }

  public void count(C counter) {
    counts.computeIfAbsent(counter, unseen -> new LongAdder()).increment();
  }

  /** All counters, those that have counted nothing yet included. */
  public Map<C, Long> snapshot() {
    Map<C, Long> snapshot = new EnumMap<>(type);
    for (C counter : type.getEnumConstants()) {
      LongAdder count = counts.get(counter);
      snapshot.put(counter, count == null ? 0L : count.sum());
    }
    return snapshot;
  }
}
