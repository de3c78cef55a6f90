package io.culvert.traversal.udp;

import java.net.InetSocketAddress;

/**
 * How datagrams go to an address, or have come from it.
 *
 * @param relayed through a relay of our own: for the peer they come from our address there
 * @param to the address of the other end as our socket, or our relay, sees it
 */
public record Route(boolean relayed, InetSocketAddress to) {
  /** From our socket. */
  public static Route direct(InetSocketAddress to) {
    return new Route(false, to);
  }

  /** From our address at a relay. */
  public static Route relayed(InetSocketAddress to) {
    return new Route(true, to);
  }
}
