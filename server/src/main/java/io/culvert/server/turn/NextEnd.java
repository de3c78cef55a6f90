package io.culvert.server.turn;

import io.culvert.wire.transport.udp.EndpointMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * When the next of several things ends, at the earliest: until then none of them has to be looked
 * at. One allocation's.
 */
final class NextEnd {
  private boolean isKnown;
  private long nanos;

  /** One of them ends then. */
  void note(long endNanos) {
    nanos = isKnown && nanos - endNanos < 0 ? nanos : endNanos;
    isKnown = true;
  }

  /** Those that are to end by now, and have to be removed. */
  <T> List<T> ended(EndpointMap<T> all, ToLongFunction<T> endNanos, long nowNanos) {
    if (!isKnown || nowNanos - nanos < 0) {
      return List.of();
    }
    isKnown = false;
    List<T> ended = new ArrayList<>();
    all.forEach((address, one) -> {
      long end = endNanos.applyAsLong(one);
      if (nowNanos - end >= 0) {
        ended.add(one);
      } else {
        note(end);
      }
    });
    return ended;
  }
}
