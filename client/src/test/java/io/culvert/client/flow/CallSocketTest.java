package io.culvert.client.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.udp.Route;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallSocketTest {
  private static final InetSocketAddress PEER = new InetSocketAddress("203.0.113.5", 5000);
  private static final InetSocketAddress US = new InetSocketAddress("192.168.1.2", 4000);
  private static final StunMessage REQUEST = StunMessage.bindingRequest(new TransactionId(1, 2));

  private final List<StunMessage> stun = new ArrayList<>();
  private final List<byte[]> data = new ArrayList<>();
  private final List<Route> sources = new ArrayList<>();
  private final CallSocket socket =
      new CallSocket(
          new CallSocket.Receiver() {
            @Override
            public boolean taken(ByteBuf datagram, InetSocketAddress from) {
              return datagram.readableBytes() == 4 && datagram.getByte(0) == 0x40;
            }

            @Override
            public void stun(StunMessage message, Route from) {
              stun.add(message);
            }

            @Override
            public void data(byte[] datagram, Route from) {
              data.add(datagram);
              sources.add(from);
            }
          });
  private final EmbeddedChannel channel = new EmbeddedChannel(socket);

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void stunIsNotData() {
    receive(bytesOf(REQUEST));
    assertThat(stun).containsExactly(REQUEST);
    assertThat(data).isEmpty();
  }

  @Test
  void brokenStunIsNeither() {
    byte[] broken = Arrays.copyOf(bytesOf(REQUEST), 24);
    receive(broken);
    assertThat(stun).isEmpty();
    assertThat(data).isEmpty();
  }

  @Test
  void theKeepAliveIsNeither() {
    receive((byte) 0xff);
    assertThat(data).isEmpty();
  }

  @Test
  void anythingElseIsData() {
    receive((byte) 0xff, (byte) 0xff);
    receive((byte) 0);
    receive("hello".getBytes(UTF_8));
    receive(Arrays.copyOf(bytesOf(REQUEST), 19));
    receive();
    assertThat(data).hasSize(5);
    assertThat(stun).isEmpty();
  }

  @Test
  void aDatagramHasAtMost1200Bytes() {
    receive(new byte[1200]);
    receive(new byte[1201]);
    assertThat(data).hasSize(1);
  }

  @Test
  void whatTheReceiverTakesAtOnceIsNeither() {
    receive((byte) 0x40, (byte) 0, (byte) 0, (byte) 0);
    assertThat(data).isEmpty();
  }

  @Test
  void whatHasComeWithinAnotherDatagramIsToldApartInTheSameWay() {
    Route throughARelay = Route.relayed(PEER);
    socket.read(Unpooled.wrappedBuffer(bytesOf(REQUEST)), throughARelay);
    socket.read(Unpooled.wrappedBuffer(new byte[] {(byte) 0xff}), throughARelay);
    socket.read(Unpooled.wrappedBuffer(new byte[] {7}), throughARelay);
    assertThat(stun).containsExactly(REQUEST);
    assertThat(data).containsExactly(new byte[] {7});
    assertThat(sources).containsExactly(throughARelay);
  }

  @Test
  void whatIsSentGoesToItsReceiver() {
    socket.send(new byte[] {7}, PEER);
    DatagramPacket sent = channel.readOutbound();
    assertThat(sent.recipient()).isEqualTo(PEER);
    assertThat(ByteBufUtil.getBytes(sent.content())).containsExactly(7);
    sent.release();
  }

  private void receive(byte... bytes) {
    channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(bytes), US, PEER));
  }

  private static byte[] bytesOf(StunMessage message) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    return ByteBufUtil.getBytes(out);
  }
}
