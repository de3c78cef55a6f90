package io.culvert.traversal.ice;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What datagrams are sent from, RFC 8445 §4: a socket of ours, or an address at a relay.
 *
 * @param number tells bases apart
 * @param relayed whether it is an address at a relay
 * @param ipv4 the family of the addresses that can be sent to
 * @param peer of a TCP connection, its other end, which is all that it leads to; empty for those of
 *     UDP, which lead anywhere
 */
public record Base(int number, boolean relayed, boolean ipv4, Optional<InetSocketAddress> peer) {
  /** One of UDP. */
  public Base(int number, boolean relayed, boolean ipv4) {
    this(number, relayed, ipv4, Optional.empty());
  }

  /** A TCP connection with a peer, which has come about already. */
  public static Base tcp(int number, InetSocketAddress peer) {
    return new Base(number, false, peer.getAddress() instanceof Inet4Address, Optional.of(peer));
  }

  /** Whether it is a TCP connection. */
  public boolean isTcp() {
    return peer.isPresent();
  }

  /** Whether what a peer has said to be its address of UDP can be sent to from here. */
  boolean reaches(InetSocketAddress address) {
    return !isTcp() && ipv4 == address.getAddress() instanceof Inet4Address;
  }
}
