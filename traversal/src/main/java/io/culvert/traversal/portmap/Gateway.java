package io.culvert.traversal.portmap;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The router in front of us.
 *
 * @param address where it is asked; of the network that we are in
 * @param client our address there, of the same family: of IPv6 the one that is to be reachable
 */
public record Gateway(InetAddress address, InetAddress client) {
  /** Whether it translates addresses; one of IPv6 only has to let packets in. */
  boolean isIpv4() {
    return client instanceof Inet4Address;
  }
}
