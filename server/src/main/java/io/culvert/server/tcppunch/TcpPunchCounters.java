package io.culvert.server.tcppunch;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe counts of {@link TcpPunchCounter}. */
final class TcpPunchCounters {
  private final Map<TcpPunchCounter, LongAdder> counts = new ConcurrentHashMap<>();

  void count(TcpPunchCounter counter) {
    counts.computeIfAbsent(counter, unseen -> new LongAdder()).increment();
  }

  /** All counters, those that have counted nothing yet included. */
  Map<TcpPunchCounter, Long> snapshot() {
    Map<TcpPunchCounter, Long> snapshot = new EnumMap<>(TcpPunchCounter.class);
    for (TcpPunchCounter counter : TcpPunchCounter.values()) {
      LongAdder count = counts.get(counter);
      snapshot.put(counter, count == null ? 0L : count.sum());
    }
    return snapshot;
  }
}
