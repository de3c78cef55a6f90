package io.culvert.lab.sim;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One outer endpoint of a NAT: whose it is, and what it lets in. */
final class NatMapping {
  private final MappingKey key;
  private final InetSocketAddress outer;
  private final Expiry expiry;
  private final Instant end;
  private final Map<InetSocketAddress, Instant> flows = new HashMap<>();
  private Instant used;

  NatMapping(MappingKey key, InetSocketAddress outer, Expiry expiry, Instant now) {
    this.key = key;
    this.outer = outer;
    this.expiry = expiry;
    this.end = now.plus(expiry.lifetime());
    this.used = now;
  }

  MappingKey key() {
    return key;
  }

  InetSocketAddress outer() {
    return outer;
  }

  boolean isAlive(Instant now) {
    return now.isBefore(end) && now.isBefore(used.plus(expiry.idle()));
  }

  boolean hasFlow(InetSocketAddress remote, Instant now) {
    return isFresh(flows.get(remote), now);
  }

  boolean hasFlowTo(InetAddress remote, Instant now) {
    return flows.entrySet().stream()
        .anyMatch(
            flow -> flow.getKey().getAddress().equals(remote) && isFresh(flow.getValue(), now));
  }

  /** Something has gone out. */
  void sent(InetSocketAddress remote, Instant now) {
    used = now;
    flows.put(remote, now);
  }

  /** Something has come in. */
  void received(InetSocketAddress remote, Instant now) {
    if (expiry.refreshedByInbound()) {
      used = now;
      flows.replace(remote, now);
    }
  }

  /** Forgets what has expired, and counts what has not. */
  int liveFlows(Instant now) {
    flows.values().removeIf(last -> !isFresh(last, now));
    return isAlive(now) ? flows.size() : 0;
  }

  private boolean isFresh(@Nullable Instant last, Instant now) {
    return last != null && now.isBefore(last.plus(expiry.idle()));
  }
}
