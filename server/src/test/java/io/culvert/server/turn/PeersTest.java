package io.culvert.server.turn;

import static io.culvert.server.turn.TurnOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.TurnOnPaper.Setup;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CreatePermission and ChannelBind. */
class PeersTest {
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final byte[] DATA = {1, 2, 3, 4, 5};
  private static final byte[] CHANNEL_DATA = {0x40, 0, 0, 1, 7};

  private final TurnOnPaper server = new TurnOnPaper();
  private final PaperClient client = server.client();
  private final Endpoint relayed = allocate(client);

  @AfterEach
  void nothingIsLeft() {
    server.close();
  }

  private static Endpoint allocate(PaperClient client, StunAttribute... more) {
    StunAttribute[] all = new StunAttribute[more.length + 1];
    all[0] = UDP;
    System.arraycopy(more, 0, all, 1, more.length);
    return Endpoint.of(
        client
            .done(StunMessage.ALLOCATE, all)
            .first(XorRelayedAddress.class)
            .orElseThrow()
            .address());
  }

  static XorPeerAddress peer(String ip, int port) {
    return new XorPeerAddress(at(ip, port).toSocketAddress());
  }

  private boolean lets(String ip) {
    long before = server.counted(Figure.PACKETS_TO_CLIENTS);
    server.port(relayed).comes(at(ip, 7000), DATA);
    client.received();
    return server.counted(Figure.PACKETS_TO_CLIENTS) > before;
  }

  @Test
  void aPermissionLetsAnAddressInForFiveMinutes() {
    assertThat(lets("198.51.100.1")).isFalse();
    client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 1));

    server.pass(Duration.ofSeconds(299));
    assertThat(lets("198.51.100.1")).isTrue();
    assertThat(lets("198.51.100.2")).isFalse();
    server.pass(Duration.ofSeconds(1));
    assertThat(lets("198.51.100.1")).as("case 50").isFalse();
  }

  @Test
  void aPermissionCanBeExtended() {
    client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 1));
    server.pass(Duration.ofSeconds(200));
    client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 1));
    server.pass(Duration.ofSeconds(200));
    assertThat(lets("198.51.100.1")).isTrue();
  }

  /** Case 23. */
  @Test
  void ofSeveralPeersAllAreLetInOrNone() {
    assertThat(
            client.refused(
                StunMessage.CREATE_PERMISSION,
                peer("198.51.100.1", 1),
                peer("10.0.0.1", 1),
                peer("198.51.100.2", 1)))
        .isEqualTo(403);
    assertThat(lets("198.51.100.1")).isFalse();

    client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 1), peer("198.51.100.2", 1));
    assertThat(lets("198.51.100.1")).isTrue();
    assertThat(lets("198.51.100.2")).isTrue();
  }

  /** Cases 1 to 5, 13 to 16. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "169.254.169.254", "10.1.2.3",
        "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255"
      })
  void whereNobodyMaySendNothingIsPermittedOrBound(String ip) {
    assertThat(client.refused(StunMessage.CREATE_PERMISSION, peer(ip, 7000))).isEqualTo(403);
    assertThat(client.refused(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), peer(ip, 7000)))
        .isEqualTo(403);
    client.indicate(StunMessage.SEND, peer(ip, 7000), new Data(DATA));
    assertThat(server.port(relayed).sent()).isEmpty();
  }

  /** Case 24. */
  @Test
  void aPeerOfAnotherFamilyIsRefused() {
    assertThat(client.refused(StunMessage.CREATE_PERMISSION, peer("2001:db8:2::1", 1)))
        .isEqualTo(443);
    assertThat(
            client.refused(
                StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), peer("2001:db8:2::1", 1)))
        .isEqualTo(443);

    PaperClient both = server.client("bob", 6001);
    allocate(both, new AdditionalAddressFamily(AddressFamily.IPV6));
    both.done(StunMessage.CREATE_PERMISSION, peer("2001:db8:2::1", 1), peer("198.51.100.1", 1));
  }

  @Test
  void whoeverHasNoAllocationOrAnotherNameIsRefused() {
    assertThat(
            server
                .client("bob", 6001)
                .refused(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 1)))
        .isEqualTo(437);
    assertThat(client.as("mallory").refused(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 1)))
        .isEqualTo(441);
    assertThat(client.refused(StunMessage.CREATE_PERMISSION)).isEqualTo(400);
  }

  /** Case 47. */
  @Test
  void thereAreAsManyPermissionsAsAnybodyNeedsAndNoMore() {
    for (int i = 0; i < Permissions.MOST; i++) {
      client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100." + i, 1));
    }
    assertThat(client.refused(StunMessage.CREATE_PERMISSION, peer("198.51.100.200", 1)))
        .isEqualTo(508);
    assertThat(
            client.refused(
                StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), peer("198.51.100.200", 1)))
        .isEqualTo(508);
    client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100.0", 1));
  }

  @Test
  void anAddressThatIsNamedTwiceIsPermittedOnce() {
    for (int i = 0; i < Permissions.MOST - 1; i++) {
      client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100." + i, 1));
    }
    client.done(
        StunMessage.CREATE_PERMISSION, peer("198.51.100.200", 1), peer("198.51.100.200", 2));
  }

  /** Case 47, and multiplexed peers: one address has 65535 ports. */
  @Test
  void thereAreAsManyChannelsAsAnybodyNeedsAndNoMore() {
    for (int i = 0; i < Channels.MOST; i++) {
      client.done(
          StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000 + i), peer("198.51.100.1", 1000 + i));
    }
    assertThat(
            client.refused(
                StunMessage.CHANNEL_BIND, new ChannelNumber(0x4fff), peer("198.51.100.1", 1)))
        .isEqualTo(508);
  }

  /** Case 56. */
  @Test
  void aChannelHasANumberOfItsRange() {
    for (int number : new int[] {0, 0x3fff, 0x5000, 0x7ffe, 0x7fff, 0xffff}) {
      assertThat(
              client.refused(
                  StunMessage.CHANNEL_BIND, new ChannelNumber(number), peer("198.51.100.1", 1)))
          .isEqualTo(400);
    }
    for (int number : new int[] {0x4000, 0x4fff}) {
      client.done(
          StunMessage.CHANNEL_BIND, new ChannelNumber(number), peer("198.51.100.1", number));
    }
    try (TurnOnPaper old = new TurnOnPaper(Setup.USUAL.withRfc5766Channels())) {
      PaperClient oldClient = old.client();
      allocate(oldClient);
      oldClient.done(StunMessage.CHANNEL_BIND, new ChannelNumber(0x7ffe), peer("198.51.100.1", 1));
      assertThat(
              oldClient.refused(
                  StunMessage.CHANNEL_BIND, new ChannelNumber(0x7fff), peer("198.51.100.1", 2)))
          .isEqualTo(400);
    }
  }

  /** Case 50. */
  @Test
  void aChannelStaysWithItsPeerUntilItEndsAfterTenMinutes() {
    ChannelNumber one = new ChannelNumber(0x4000);
    client.done(StunMessage.CHANNEL_BIND, one, peer("198.51.100.1", 7000));

    assertThat(client.refused(StunMessage.CHANNEL_BIND, one, peer("198.51.100.1", 7001)))
        .isEqualTo(400);
    assertThat(
            client.refused(
                StunMessage.CHANNEL_BIND, new ChannelNumber(0x4001), peer("198.51.100.1", 7000)))
        .isEqualTo(400);
    server.pass(Duration.ofSeconds(500));
    client.done(StunMessage.REFRESH);
    client.done(StunMessage.CHANNEL_BIND, one, peer("198.51.100.1", 7000));
    server.pass(Duration.ofSeconds(599));
    assertThat(client.refused(StunMessage.CHANNEL_BIND, one, peer("198.51.100.1", 7001)))
        .isEqualTo(400);
    client.done(StunMessage.REFRESH);
    server.pass(Duration.ofSeconds(1));
    client.done(StunMessage.CHANNEL_BIND, one, peer("198.51.100.1", 7001));
  }

  @Test
  void aChannelIsForOnePeer() {
    assertThat(client.refused(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000))).isEqualTo(400);
    assertThat(client.refused(StunMessage.CHANNEL_BIND, peer("198.51.100.1", 7000))).isEqualTo(400);
  }

  /** Case 19. */
  @Test
  void nothingIsSentToPort0() {
    assertThat(
            client.refused(
                StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), peer("198.51.100.1", 0)))
        .isEqualTo(403);
    client.done(StunMessage.CREATE_PERMISSION, peer("198.51.100.1", 0)); // its port means nothing
    client.indicate(StunMessage.SEND, peer("198.51.100.1", 0), new Data(DATA));

    assertThat(server.port(relayed).sent()).isEmpty();
    assertThat(server.counted(Figure.FORBIDDEN_PEER)).isOne();
    client.indicate(StunMessage.SEND, peer("198.51.100.1", 1), new Data(DATA));
    assertThat(server.port(relayed).sent()).hasSize(1);
  }

  /** Cases 18 and 62. */
  @Test
  void ourOwnAddressCanBeReachedAtRelayedPortsOnly() {
    InetSocketAddress listener = TurnOnPaper.LISTENER.toSocketAddress();
    assertThat(
            client.refused(
                StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), new XorPeerAddress(listener)))
        .isEqualTo(403);
    client.done(StunMessage.CREATE_PERMISSION, new XorPeerAddress(listener));
    client.indicate(StunMessage.SEND, new XorPeerAddress(listener), new Data(DATA));
    assertThat(server.port(relayed).sent()).isEmpty();
    assertThat(server.counted(Figure.FORBIDDEN_PEER)).isOne();

    Endpoint other = allocate(server.client("bob", 6001));
    XorPeerAddress relay = new XorPeerAddress(other.toSocketAddress());
    client.done(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), relay);
    client.indicate(StunMessage.SEND, relay, new Data(DATA));
    assertThat(server.port(relayed).sent()).hasSize(1);
  }

  /** Case 18: the port is taken, but for a relay that is still to come. */
  @Test
  void aReservedPortIsNoPeer() {
    Endpoint even = allocate(server.client("bob", 6001), new EvenPort(true));
    XorPeerAddress next = new XorPeerAddress(at("192.0.2.1", even.port() + 1).toSocketAddress());
    assertThat(client.refused(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), next))
        .isEqualTo(403);
  }

  /** Case 18: whoever opens that port next may be no relay. */
  @Test
  void aChannelLeadsToOurOwnAddressOnlyWhileThePortIsRelayed() {
    PaperClient bob = server.client("bob", 6001);
    Endpoint relay = allocate(bob);
    client.done(
        StunMessage.CHANNEL_BIND,
        new ChannelNumber(0x4000),
        new XorPeerAddress(relay.toSocketAddress()));
    client.send(CHANNEL_DATA);
    assertThat(server.port(relayed).sent()).hasSize(1);

    bob.done(StunMessage.REFRESH, new Lifetime(0));
    client.send(CHANNEL_DATA);
    assertThat(server.port(relayed).sent()).isEmpty();
    assertThat(server.counted(Figure.FORBIDDEN_PEER)).isOne();
  }

  /** Case 18: what has that number over TCP is a service of this machine, and the other way. */
  @Test
  void aRelayMakesItsPortAPeerOverItsOwnProtocolOnly() {
    Resources resources = server.resources;
    RelayAddress home = resources.relayAddresses().getFirst();
    Endpoint tcpRelay = home.advertised(TurnOnPaper.LAST_PORT + 1);
    assertThat(resources.allowsOverUdp(relayed, true)).isTrue();
    assertThat(resources.allowsOverTcp(relayed, true)).isFalse();
    home.tcp().add(tcpRelay.port());
    assertThat(resources.allowsOverTcp(tcpRelay, true)).isTrue();
    assertThat(resources.allowsOverUdp(tcpRelay, true)).isFalse();
  }

  /** Case 6, by way of what is remembered of the last peer. */
  @Test
  void aMappedAddressIsNoPeerAlthoughTheAddressInItIs() {
    PaperClient both = server.client("bob", 6001);
    allocate(both, new AdditionalAddressFamily(AddressFamily.IPV6));
    Endpoint peer = at("198.51.100.1", 7000);
    both.done(StunMessage.CREATE_PERMISSION, new XorPeerAddress(peer.toSocketAddress()));
    for (boolean ipv4 : new boolean[] {true, false}) {
      ByteBuf send = Unpooled.buffer();
      new StunWriter()
          .begin(send, StunClass.INDICATION, StunMessage.SEND, PaperClient.newTransaction())
          .xorAddress(AttributeType.XOR_PEER_ADDRESS, peer.high(), peer.low(), peer.port(), ipv4)
          .bytes(AttributeType.DATA, DATA);
      both.send(ByteBufUtil.getBytes(send));
    }
    assertThat(server.counted(Figure.PACKETS_TO_PEERS)).isOne();
    assertThat(server.counted(Figure.FORBIDDEN_PEER)).isOne();
  }
}
