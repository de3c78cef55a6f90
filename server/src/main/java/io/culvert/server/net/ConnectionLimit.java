package io.culvert.server.net;

import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections one address may have at a time; for IPv6 that is one /64, of which whoever
 * has one address has all. Confined to the event loop of the channels it admits.
 */
public final class ConnectionLimit {
  private final int perAddress;
  private static final int IPV6_PREFIX_BYTES = 8;

  private final Map<InetAddress, Integer> open = new HashMap<>();

  public ConnectionLimit(int perAddress) {
    this.perAddress = perAddress;
  }

  /** Whether one more connection from there is within the limit; it counts until it is closed. */
  public boolean admit(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      return false; // gone already
    }
    InetAddress address = party(remote.getAddress());
    if (open.getOrDefault(address, 0) >= perAddress) {
      return false;
    }
    open.merge(address, 1, Integer::sum);
    channel
        .closeFuture()
        .addListener(closed -> open.computeIfPresent(address, (a, n) -> n > 1 ? n - 1 : null));
    return true;
  }

  private static InetAddress party(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, IPV6_PREFIX_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("sixteen bytes are always an IPv6 address", e);
    }
  }
}
