package io.culvert.server.tag;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;

/** A client of a real server, which hears nobody else: so does a NAT see to it. */
final class UdpClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final DatagramSocket socket;
  private long mids = 1;

  UdpClient(InetSocketAddress server) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(server.getAddress(), 0));
    socket.connect(server);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  long mid() {
    return mids++;
  }

  void send(byte[] datagram) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length));
  }

  void send(TagMessage message) throws IOException {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encode(message, out);
    send(ByteBufUtil.getBytes(out));
  }

  byte[] receiveBytes() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  TagMessage receive() throws Exception {
    return TagCodec.decode(Unpooled.wrappedBuffer(receiveBytes()));
  }

  TagMessage ask(TagMessage request) throws Exception {
    send(request);
    return receive();
  }

  String register() throws Exception {
    return ((Registered) ask(new Register(mid(), Optional.empty(), Optional.empty()))).tag();
  }

  String prove() throws Exception {
    String tag = register();
    assertThat(ask(new Heartbeat(mid(), tag))).isInstanceOf(HeartbeatAccepted.class);
    return tag;
  }

  /** The client has nothing to read: what was sent before a request has been dealt with by now. */
  void expectNothingWaiting() throws IOException {
    socket.setSoTimeout(1);
    try {
      assertThat(receiveBytes()).as("a datagram that nobody should have sent").isNull();
    } catch (SocketTimeoutException expected) {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
