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
  private final Map<Channel, Party> admitted = new HashMap<>();

  public ConnectionLimit(int perAddress) {
    this.perAddress = perAddress;
  }

  /**
   * Whether one more connection from there is within the limit; it counts until it is closed or
   * leaves.
   */
  public synchronized boolean admit(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      return false; // gone already
    }
    Party party = Party.of(remote.getAddress());
    if (open.getOrDefault(party, 0) >= perAddress) {
      return false;
    }
    open.merge(party, 1, Integer::sum);
    admitted.put(channel, party);
    channel.closeFuture().addListener(closed -> leave(channel));
    return true;
  }

  /** It does not count any more. */
  synchronized void leave(Channel channel) {
    Party party = admitted.remove(channel);
    if (party != null) {
      open.computeIfPresent(party, (p, n) -> n > 1 ? n - 1 : null);
    }
  }
}
