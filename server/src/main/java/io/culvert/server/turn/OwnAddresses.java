package io.culvert.server.turn;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All addresses that this machine answers at. What it sends to any of them never leaves it, past
 * every firewall that is to keep strangers away, so none of them is a peer like others.
 */
final class OwnAddresses {
  private OwnAddresses() {}

  /**
   * Those of its interfaces at this moment, and those under which the world knows its relays.
   * Loopback, which has rules of its own, is not among them.
   */
  static Set<InetAddress> of(List<RelayAddress> relays) {
    Set<InetAddress> all = new HashSet<>();
    relays.forEach(relay -> all.addAll(relay.names()));
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress())
          .map(OwnAddresses::withoutScope)
          .forEach(all::add);
    } catch (SocketException e) {
      throw new IllegalStateException("this machine does not tell its own addresses", e);
    }
    return all;
  }

  /** Which link it is on does not matter: the same bytes are the same address. */
  private static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError("an address has 4 or 16 bytes", e);
    }
  }
}
