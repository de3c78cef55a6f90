package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.pool.PortPool;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 18: a machine with several addresses has several ways in. */
class OwnAddressesTest {
  private static List<InetAddress> others() throws Exception {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .toList();
  }

  @Test
  void thoseOfTheInterfacesAreOwnAsThoseOfTheRelaysAre() throws Exception {
    InetAddress local = InetAddress.ofLiteral("198.51.100.1");
    InetAddress world = InetAddress.ofLiteral("203.0.113.7");
    assertThat(OwnAddresses.of(List.of(new RelayAddress(local, world, new PortPool(1, 2)))))
        .contains(local, world)
        .containsAll(others())
        .noneMatch(InetAddress::isLoopbackAddress);
  }

  @Test
  void nobodyReachesAnotherAddressOfTheServersMachine(@TempDir Path data) throws Exception {
    try (TestTurnServer server = new TestTurnServer(data, "turn.allow-peers=[\"0.0.0.0/0\"]");
        RealClient client = RealClient.udp(server.address(), TestTurnServer.ALICE)) {
      client.done(StunMessage.ALLOCATE, new RequestedTransport(17));
      ChannelNumber channel = new ChannelNumber(0x4000);
      for (InetAddress own : others()) {
        XorPeerAddress peer = new XorPeerAddress(new InetSocketAddress(own, 22));
        assertThat(client.code(StunMessage.CHANNEL_BIND, channel, peer)).isEqualTo(403);
      }
      XorPeerAddress elsewhere =
          new XorPeerAddress(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.77"), 22));
      client.done(StunMessage.CHANNEL_BIND, channel, elsewhere);
    }
  }
}
