package io.culvert.server.flow;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where clients are sent.
 *
 * @param publicIp when the operator has named one
 * @param stunPort where STUN is spoken, if it is
 */
record ServerAddresses(Optional<InetAddress> publicIp, OptionalInt stunPort) {
  /**
   * A port of this server, for a client that has reached it at an address of its own: one that
   * works.
   */
  InetSocketAddress at(InetAddress reachedAt, int port) {
    return new InetSocketAddress(publicIp.orElseGet(() -> plain(reachedAt)), port);
  }

  /** The STUN server, for such a client. */
  Optional<InetSocketAddress> stun(InetAddress reachedAt) {
    return stunPort.isPresent()
        ? Optional.of(at(reachedAt, stunPort.getAsInt()))
        : Optional.empty();
  }

  /** Without a scope, which is this machine's affair; IPv4 in the clothes of IPv6 as IPv4. */
  private static InetAddress plain(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError("an address has as many bytes as an address", e);
    }
  }
}
