package io.culvert.server.turn;

import static io.culvert.server.turn.TurnOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.server.turn.PaperPort.Sent;
import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.TurnOnPaper.Setup;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.DontFragment;
import io.culvert.wire.stun.TurnAttribute.Icmp;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Send, Data and ChannelData. */
class RelayingTest {
  private static final Endpoint PEER = at("198.51.100.1", 7000);
  private static final XorPeerAddress TO_PEER = new XorPeerAddress(PEER.toSocketAddress());
  private static final ChannelNumber CHANNEL = new ChannelNumber(0x4001);
  private static final byte[] DATA = "hello".getBytes(StandardCharsets.US_ASCII);

  private static Endpoint allocate(PaperClient client) {
    StunMessage answer = client.done(StunMessage.ALLOCATE, new RequestedTransport(17));
    return Endpoint.of(answer.first(XorRelayedAddress.class).orElseThrow().address());
  }

  private static byte[] channelData(int channel, int length, byte[] data) {
    return HexFormat.of()
        .parseHex("%04x%04x%s".formatted(channel, length, HexFormat.of().formatHex(data)));
  }

  @Test
  void dataGoesToAPeerAndBackInIndications() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CREATE_PERMISSION, TO_PEER);

      client.indicate(StunMessage.SEND, TO_PEER, new Data(DATA));
      Sent sent = port.sent().getFirst();
      assertThat(sent.to()).isEqualTo(PEER);
      assertThat(sent.data()).isEqualTo(DATA);

      port.comes(PEER, DATA);
      StunMessage indication = client.message();
      assertThat(indication.messageClass()).isEqualTo(StunClass.INDICATION);
      assertThat(indication.method()).isEqualTo(StunMessage.DATA);
      assertThat(indication.attributes()).containsExactly(TO_PEER, new Data(DATA));
    }
  }

  @Test
  void aChannelCarriesDataBothWays() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);

      client.send(channelData(0x4001, 5, DATA));
      assertThat(port.sent().getFirst().data()).isEqualTo(DATA);
      port.comes(PEER, DATA);
      assertThat(client.received()).containsExactly(channelData(0x4001, 5, DATA));
      port.comes(at("198.51.100.1", 7001), DATA);
      assertThat(client.message().method())
          .as("another port of the address, without a channel")
          .isEqualTo(StunMessage.DATA);
    }
  }

  @Test
  void emptyDatagramsAreDatagrams() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);

      client.send(channelData(0x4001, 0, new byte[0]));
      client.indicate(StunMessage.SEND, TO_PEER, new Data(new byte[0]));
      assertThat(port.sent()).hasSize(2).allSatisfy(sent -> assertThat(sent.data()).isEmpty());
      port.comes(PEER, new byte[0]);
      assertThat(client.received()).containsExactly(channelData(0x4001, 0, new byte[0]));
    }
  }

  /** Cases 56 and 61. */
  @Test
  void whatIsNotForAPeerIsCountedAndNotAnswered() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient stranger = server.client("bob", 6001);
      stranger.send(channelData(0x4001, 5, DATA));
      stranger.indicate(StunMessage.SEND, TO_PEER, new Data(DATA));
      assertThat(server.counted(Figure.NO_ALLOCATION)).isEqualTo(2);

      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.indicate(StunMessage.SEND, TO_PEER, new Data(DATA));
      assertThat(server.counted(Figure.NO_PERMISSION)).isOne();
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      client.send(channelData(0x4002, 5, DATA));
      client.send(channelData(0x7fff, 5, DATA));
      assertThat(server.counted(Figure.NO_CHANNEL)).isEqualTo(2);
      client.send(channelData(0x4001, 6, DATA));
      client.send(new byte[] {0x40});
      client.indicate(StunMessage.SEND, TO_PEER);
      client.indicate(StunMessage.SEND, new Data(DATA));
      assertThat(server.counted(Figure.BAD_DATA)).isEqualTo(4);
      client.indicate(StunMessage.DATA, TO_PEER, new Data(DATA));
      client.indicate(StunMessage.BINDING);
      client.send(
          StunMessage.bindingRequest(PaperClient.newTransaction()).answer(StunClass.SUCCESS));
      client.send(StunMessage.bindingRequest(PaperClient.newTransaction()).answer(StunClass.ERROR));
      assertThat(server.counted(TurnCounter.NO_REQUEST)).isEqualTo(4);

      assertThat(client.received()).isEmpty();
      assertThat(stranger.received()).isEmpty();
      assertThat(port.sent()).isEmpty();
    }
  }

  /** RFC 8656 §12.5: over UDP padding may be there, and is not data. */
  @Test
  void paddingBehindChannelDataIsNotData() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      client.send(channelData(0x4001, 5, new byte[8]));
      assertThat(port.sent().getFirst().data()).hasSize(5);
    }
  }

  @Test
  void onlyWhatAsksForItIsKeptWhole() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      client.indicate(StunMessage.SEND, TO_PEER, new Data(DATA), new DontFragment());
      client.indicate(StunMessage.SEND, TO_PEER, new Data(DATA));
      client.indicate(StunMessage.SEND, TO_PEER, new Data(DATA), new DontFragment());
      client.send(channelData(0x4001, 5, DATA));
      assertThat(port.sent())
          .extracting(Sent::dontFragment)
          .containsExactly(true, false, true, false);
    }
  }

  /** RFC 8656 §11.5. */
  @Test
  void aClientLearnsWhyItsPeerCannotBeReached() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      port.unreachable(PEER, 3, 4, 1400);
      assertThat(client.received()).as("without a permission").isEmpty();

      client.done(StunMessage.CREATE_PERMISSION, TO_PEER);
      port.unreachable(PEER, 3, 4, 1400);
      assertThat(client.message().attributes()).containsExactly(TO_PEER, new Icmp(3, 4, 1400));
    }
  }

  /** RFC 8656 §11.5: the others say nothing of the peer. */
  @Test
  void onlyWhatSaysThatAPeerCannotBeReachedIsPassedOn() {
    assertThat(icmpPassedOn(PEER)).containsExactly(3, 11);
    assertThat(icmpPassedOn(at("2001:db8:2::1", 7000))).containsExactly(1, 2, 3);
  }

  private static List<Integer> icmpPassedOn(Endpoint peer) {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      int family = peer.isIpv4() ? AddressFamily.IPV4 : AddressFamily.IPV6;
      StunMessage answer =
          client.done(
              StunMessage.ALLOCATE, new RequestedTransport(17), new RequestedAddressFamily(family));
      Endpoint relayed = Endpoint.of(answer.first(XorRelayedAddress.class).orElseThrow().address());
      client.done(StunMessage.CREATE_PERMISSION, new XorPeerAddress(peer.toSocketAddress()));
      return IntStream.range(0, 256)
          .filter(type -> {
            server.port(relayed).unreachable(peer, type, 0, 0);
            return !client.received().isEmpty();
          })
          .boxed()
          .toList();
    }
  }

  /** Case 21: behind a NAT that would not turn the packets round. */
  @Test
  void twoClientsMeetAtTheirRelays() {
    InetAddress world = InetAddress.ofLiteral("203.0.113.200");
    for (InetAddress name : new InetAddress[] {TurnOnPaper.IPV4, world}) {
      try (TurnOnPaper server = new TurnOnPaper(Setup.USUAL.publicIpv4(name))) {
        PaperClient alice = server.client("alice", 6000);
        PaperClient bob = server.client("bob", 6001);
        Endpoint toAlice = allocate(alice);
        Endpoint toBob = allocate(bob);
        XorPeerAddress aliceAsPeer = new XorPeerAddress(toAlice.toSocketAddress());
        alice.done(StunMessage.CHANNEL_BIND, CHANNEL, new XorPeerAddress(toBob.toSocketAddress()));
        bob.done(StunMessage.CREATE_PERMISSION, aliceAsPeer);
        PaperPort alicePort = server.port(Endpoint.of(TurnOnPaper.IPV4, toAlice.port()));

        alice.send(channelData(0x4001, 5, DATA));
        Sent sent = alicePort.sent().getFirst();
        server.port(sent.to()).comes(alicePort.localAddress(), sent.data());

        assertThat(bob.message().attributes()).containsExactly(aliceAsPeer, new Data(DATA));
        assertThat(alice.received()).as("case 63: nothing comes back by itself").isEmpty();
        assertThat(alicePort.sent()).isEmpty();
      }
    }
  }

  @Test
  void aClientThatDoesNotReadLosesDataAndNothingElse() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CREATE_PERMISSION, TO_PEER);
      client.stopReading();
      port.comes(PEER, DATA);
      assertThat(server.counted(Figure.SLOW_CLIENT)).isOne();
      assertThat(server.counted(Figure.PACKETS_TO_CLIENTS)).isZero();
    }
  }

  /** Case 52. */
  @Test
  void aUserRelaysNoMoreThanTheLimit() {
    Setup limited = Setup.USUAL.limits(new Quotas.Limits(0, 0, 100_000));
    try (TurnOnPaper server = new TurnOnPaper(limited)) {
      PaperClient client = server.client();
      PaperPort port = server.port(allocate(client));
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      for (int i = 0; i < 10_000; i++) {
        server.pass(Duration.ofMillis(1));
        client.send(channelData(0x4001, 1000, new byte[1000]));
        client.done(StunMessage.BINDING);
        if (i % 200_000 == 0) {
          client.done(StunMessage.REFRESH);
        }
      }
      long bytes = port.sent().stream().mapToLong(sent -> sent.data().length).sum();
      assertThat(bytes).isBetween(950_000L, 1_050_000L);
      assertThat(server.counted(Figure.OVER_BANDWIDTH)).isPositive();
    }
  }

  @Test
  void whatIsLostForAllCostsItsUserNothing() {
    Setup limited = Setup.USUAL.limits(new Quotas.Limits(0, 0, 500)).bandwidth(1_000);
    try (TurnOnPaper server = new TurnOnPaper(limited)) {
      PaperClient client = server.client();
      PaperClient other = server.client("bob", 6001);
      PaperPort port = server.port(allocate(client));
      allocate(other);
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      other.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      other.send(channelData(0x4001, 1000, new byte[1000]));
      client.send(channelData(0x4001, 1000, new byte[1000]));
      assertThat(server.counted(Figure.OVER_BANDWIDTH)).as("the other one owes a second").isOne();

      server.pass(Duration.ofMillis(950));
      client.send(channelData(0x4001, 1000, new byte[1000]));
      assertThat(port.sent()).hasSize(1);
    }
  }

  @Test
  void noPacketCostsAnObject() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      allocate(client);
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, TO_PEER);
      Allocation allocation = client.allocation();
      assertThat(allocation).isNotNull();
      Relay relay = allocation.first();
      assertThat(relay).isNotNull();
      client.discard();
      server.port(relay.address()).discard();
      ByteBuf buffer = Unpooled.directBuffer(2048).writeZero(64);
      byte[] data = channelData(0x4001, 1000, new byte[1000]);
      ByteBuf send = Unpooled.buffer();
      StunCodec.encode(sendIndication(), send);
      buffer.writeBytes(data);
      // Its headroom is written to, so it is not the client's.
      ByteBuf fromPeer = Unpooled.directBuffer(2048).writeZero(64 + 1000 + 4);
      ByteBuf indication = Unpooled.directBuffer(2048).writeZero(64).writeBytes(send);
      int length = send.readableBytes();

      Runnable packets =
          () -> {
            server.turn.received(client, buffer, 64, data.length);
            server.turn.received(client, indication, 64, length);
            relay.received(fromPeer, 64, 1000, PEER.high(), PEER.low(), PEER.port());
            relay.received(fromPeer, 64, 999, PEER.high(), PEER.low(), PEER.port() + 1);
          };
      assertThat(allocatedPerRound(packets)).isLessThan(1);
      buffer.release();
      indication.release();
      fromPeer.release();
      send.release();
    }
  }

  private static StunMessage sendIndication() {
    StunAttribute[] attributes = {TO_PEER, new Data(new byte[1000])};
    return new StunMessage(
        StunClass.INDICATION, StunMessage.SEND, PaperClient.newTransaction(), List.of(attributes));
  }

  /** Bytes, once the code is warm. */
  private static double allocatedPerRound(Runnable round) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 20_000;
    long bytes = 0;
    for (int attempt = 0; attempt < 10; attempt++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < rounds; i++) {
        round.run();
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      if (bytes < rounds) {
        break;
      }
    }
    return (double) bytes / rounds;
  }
}
