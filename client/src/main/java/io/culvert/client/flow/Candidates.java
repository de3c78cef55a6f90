package io.culvert.client.flow;

import io.culvert.traversal.PeerAddresses;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.TcpOffer;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a peer may be reached, as it says itself. The sockets know IPv4 only.
 *
 * @param datagrams at its UDP port
 * @param tcp at its TCP port, when it has offered one
 */
record Candidates(PeerAddresses datagrams, PeerAddresses tcp) {
  static Candidates of(Offer peers) {
    Optional<TcpOffer> tcp = peers.extensions().tcp();
    return new Candidates(
        addresses(peers.addresses().local(), peers.addresses().inter(), peers.addresses().relay()),
        addresses(tcp.flatMap(TcpOffer::local), tcp.flatMap(TcpOffer::inter), Optional.empty()));
  }

  private static PeerAddresses addresses(
      Optional<InetSocketAddress> local,
      Optional<InetSocketAddress> inter,
      Optional<InetSocketAddress> relay) {
    return new PeerAddresses(
        local.filter(Candidates::isIpv4),
        inter.filter(Candidates::isIpv4),
        relay.filter(Candidates::isIpv4));
  }

  static boolean isIpv4(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }
}
