package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.PeerAddresses;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.flow.FlowMessage.Relay;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  private static final Optional<InetSocketAddress> LOCAL = at("192.168.1.5", 1);
  private static final Optional<InetSocketAddress> PUBLIC = at("203.0.113.5", 2);
  private static final Optional<InetSocketAddress> TCP_LOCAL = at("192.168.1.5", 3);
  private static final Optional<InetSocketAddress> TCP_PUBLIC = at("203.0.113.5", 4);

  @Test
  void datagramsAndTcpHaveAddressesOfTheirOwn() {
    TcpOffer tcp = new TcpOffer(TCP_PUBLIC, TCP_LOCAL, "k".repeat(32));
    Candidates candidates = of(new Addresses(PUBLIC, LOCAL, Optional.empty()), Optional.of(tcp));
    assertThat(candidates.datagrams()).isEqualTo(new PeerAddresses(LOCAL, PUBLIC));
    assertThat(candidates.tcp()).isEqualTo(new PeerAddresses(TCP_LOCAL, TCP_PUBLIC));
  }

  @Test
  void whoDoesNotOfferTcpHasNoAddressForIt() {
    assertThat(of(new Addresses(PUBLIC, LOCAL, Optional.empty()), Optional.empty()).tcp())
        .isEqualTo(new PeerAddresses(Optional.empty(), Optional.empty()));
  }

  @Test
  void whatTheSocketsDoNotKnowIsLeftOut() {
    Addresses addresses = new Addresses(at("2001:db8::5", 2), LOCAL, Optional.empty());
    assertThat(of(addresses, Optional.empty()).datagrams())
        .isEqualTo(new PeerAddresses(LOCAL, Optional.empty()));
  }

  private static Candidates of(Addresses addresses, Optional<TcpOffer> tcp) {
    return Candidates.of(
        new Offer(
            Relay.Kind.CALL,
            new Party("alice", 112),
            new Party("bob", 113),
            addresses,
            Optional.empty(),
            Optional.empty(),
            new Extensions(Optional.empty(), tcp, Optional.empty(), false, List.of())));
  }

  private static Optional<InetSocketAddress> at(String ip, int port) {
    return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(ip), port));
  }
}
