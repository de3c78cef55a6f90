package io.culvert.server.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe counts of what an enum names. */
public final class Counters<C extends Enum<C>> {
  private final Class<C> names;
  private final Map<C, LongAdder> counts;

  /** All of them at zero. */
  public Counters(Class<C> names) {
    this.names = names;
    this.counts = new EnumMap<>(names);
    for (C name : names.getEnumConstants()) {
      counts.put(name, new LongAdder());
    }
  }

  /** One more. */
  public void count(C counter) {
    Objects.requireNonNull(counts.get(counter)).increment();
  }

  /** All counters, those that have counted nothing yet included, in the order of their names. */
  public Map<C, Long> snapshot() {
    Map<C, Long> snapshot = new EnumMap<>(names);
    counts.forEach((counter, count) -> snapshot.put(counter, count.sum()));
    return snapshot;
  }
}
