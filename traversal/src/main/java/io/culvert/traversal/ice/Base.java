package io.culvert.traversal.ice;

import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * What datagrams are sent from, RFC 8445 §4: a socket of ours, or an address at a relay.
 *
 * @param number tells bases apart
 * @param relayed whether it is an address at a relay
 * @param ipv4 the family of the addresses that can be sent to
 */
public record Base(int number, boolean relayed, boolean ipv4) {
  boolean reaches(InetSocketAddress address) {
    return ipv4 == address.getAddress() instanceof Inet4Address;
  }
}
