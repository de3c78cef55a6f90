package io.culvert.server.net;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections one {@link Party} may have at a time. Thread-safe: a service's connections
 * may be on several event loops.
 */
public final class ConnectionLimit {
  private final int perAddress;

  private final Map<Party, Integer> open = new HashMap<>();

  public ConnectionLimit(int perAddress) {
    this.perAddress = perAddress;
  }

  /** Whether one more connection from there is within the limit; it counts until it is closed. */
  public synchronized boolean admit(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      return false; // gone already
    }
    Party party = Party.of(remote.getAddress());
    if (open.getOrDefault(party, 0) >= perAddress) {
      return false;
    }
    open.merge(party, 1, Integer::sum);
    channel.closeFuture().addListener(closed -> free(party));
    return true;
  }

  private synchronized void free(Party party) {
    open.computeIfPresent(party, (p, n) -> n > 1 ? n - 1 : null);
  }
}
