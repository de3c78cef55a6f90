package io.culvert.lab.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServersTest {
  private final World world = new World(10);
  private final StunServer stun = StunServer.on(world.host("stun"));
  private final RelayServer relay = RelayServer.on(world.host("relay"));
  private final Router home = world.router("home", NatBehavior.SYMMETRIC);
  private final SimSocket alice = home.host("alice").bind();
  private final Mailbox bob = Mailbox.at(world, world.host("bob"));
  private final List<byte[]> received = new ArrayList<>();

  @Test
  void theStunServerTellsTheOuterAddress() {
    InetSocketAddress mapped = ask(stun.address());
    assertThat(home.addresses()).containsExactly(mapped.getAddress());
  }

  @Test
  void theStunServerSpeaksIpv6() {
    SimSocket open = world.host("open").bind();
    open.onReceive((answer, _) -> received.add(answer));
    open.send(Mailbox.bindingRequest(1), stun.ipv6Address());
    world.runFor(Mailbox.SOON);
    assertThat(Mailbox.mapped(received.getFirst())).isEqualTo(StunServer.address(open, false));
  }

  @Test
  void theStunServerAnswersNothingElse() {
    bob.send("what is this?", stun.address());
    assertThat(bob.texts()).isEmpty();
  }

  @Test
  void dataTravelInIndicationsWithoutAChannel() {
    RelayAllocation allocation = relay.allocate(ask(relay.address()));
    allocation.permit(bob.address().getAddress());
    send(indication("hello", bob.address()));
    assertThat(bob.letters()).containsExactly(new Mailbox.Letter("hello", allocation.address()));
    received.clear();
    bob.send("hello yourself", allocation.address());
    world.runFor(Mailbox.SOON);
    StunMessage data = StunServer.message(received.getFirst()).orElseThrow();
    assertThat(data.method()).isEqualTo(StunMessage.DATA);
    assertThat(data.first(Data.class).orElseThrow().bytes()).asString().isEqualTo("hello yourself");
    assertThat(data.first(XorPeerAddress.class).orElseThrow().address()).isEqualTo(bob.address());
  }

  @Test
  void dataTravelAsChannelDataInAChannel() {
    RelayAllocation allocation = relay.allocate(ask(relay.address()));
    allocation.bindChannel(ChannelData.FIRST, bob.address());
    send(channelData("hello"));
    assertThat(bob.texts()).containsExactly("hello");
    received.clear();
    bob.send("hello yourself", allocation.address());
    world.runFor(Mailbox.SOON);
    assertThat(received).hasSize(1);
    assertThat(received.getFirst()).isEqualTo(channelData("hello yourself"));
  }

  @Test
  void whoHasNoPermissionIsNotHeardAndNotSentTo() {
    RelayAllocation allocation = relay.allocate(ask(relay.address()));
    received.clear();
    send(indication("hello", bob.address()));
    bob.send("hello", allocation.address());
    assertThat(bob.texts()).isEmpty();
    assertThat(received).isEmpty();
  }

  @Test
  void aClientWhoseNatHasForgottenItIsAStranger() {
    RelayAllocation allocation = relay.allocate(ask(relay.address()));
    allocation.permit(bob.address().getAddress());
    home.reboot();
    send(indication("hello", bob.address()));
    assertThat(bob.texts()).isEmpty();
    assertThat(relay.strangers()).isEqualTo(1);
  }

  @Test
  void aRestartForgetsAllAllocations() {
    RelayAllocation allocation = relay.allocate(ask(relay.address()));
    allocation.permit(bob.address().getAddress());
    relay.restart();
    send(indication("hello", bob.address()));
    assertThat(bob.texts()).isEmpty();
    assertThat(relay.allocations()).isZero();
    bob.send("hello", allocation.address());
    assertThat(bob.errors()).containsExactly(Icmp.PORT_UNREACHABLE);
  }

  private InetSocketAddress ask(InetSocketAddress server) {
    alice.onReceive((answer, _) -> received.add(answer));
    alice.send(Mailbox.bindingRequest(1), server);
    world.runFor(Mailbox.SOON);
    return Mailbox.mapped(received.getLast());
  }

  private void send(byte[] packet) {
    alice.send(packet, relay.address());
    world.runFor(Mailbox.SOON);
  }

  private static byte[] indication(String text, InetSocketAddress peer) {
    return StunServer.bytes(
        new StunMessage(
            StunClass.INDICATION,
            StunMessage.SEND,
            new TransactionId(1, 2),
            List.of(new XorPeerAddress(peer), new Data(text.getBytes(UTF_8)))));
  }

  private static byte[] channelData(String text) {
    var buffer = Unpooled.buffer().writeZero(ChannelData.HEADER_BYTES);
    buffer.writeBytes(text.getBytes(UTF_8));
    ChannelData.setHeader(buffer, 0, ChannelData.FIRST, text.length());
    return ByteBufUtil.getBytes(buffer);
  }
}
