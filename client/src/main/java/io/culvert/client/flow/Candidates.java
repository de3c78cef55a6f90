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
        new PeerAddresses(
                peers.addresses().local(), peers.addresses().inter(), peers.addresses().relay())
            .ofIpv4(),
        new PeerAddresses(tcp.flatMap(TcpOffer::local), tcp.flatMap(TcpOffer::inter)).ofIpv4());
  }

  static boolean isIpv4(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }
}
