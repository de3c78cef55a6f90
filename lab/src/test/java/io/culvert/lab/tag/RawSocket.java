package io.culvert.lab.tag;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A UDP socket that says only what the test tells it; blocking. */
final class RawSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final DatagramSocket socket;

  /**
   * What somebody has said.
   *
   * @param from who that was
   */
  record Heard<M extends TagMessage>(M message, InetSocketAddress from) {}

  RawSocket(InetAddress address, int port) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(address, port));
  }

  /** A fresh one on loopback. */
  static RawSocket open() throws IOException {
    RawSocket fresh = new RawSocket(InetAddress.getLoopbackAddress(), 0);
    fresh.socket.setSoTimeout(PATIENCE_MILLIS);
    return fresh;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(TagMessage message, InetSocketAddress to) throws IOException {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encode(message, out);
    socket.send(new DatagramPacket(out.array(), out.readableBytes(), to));
  }

  /** The next message of that kind; others are skipped. */
  <M extends TagMessage> Heard<M> receive(Class<M> kind)
      throws IOException, MalformedMessageException {
    while (true) {
      DatagramPacket packet =
          new DatagramPacket(new byte[TagMessage.MAX_BYTES], TagMessage.MAX_BYTES);
      socket.receive(packet);
      TagMessage message =
          TagCodec.decode(Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength()));
      if (kind.isInstance(message)) {
        return new Heard<>(kind.cast(message), (InetSocketAddress) packet.getSocketAddress());
      }
    }
  }

  /** Asks the server, and hears the answer of that kind. */
  <M extends TagMessage> M ask(TagMessage question, InetSocketAddress server, Class<M> kind)
      throws IOException, MalformedMessageException {
    send(question, server);
    return receive(kind).message();
  }

  @Override
  public void close() {
    socket.close();
  }
}
