package io.culvert.lab.tag;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** A TCP connection on which only that is said which the test tells it; blocking. */
final class RawConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final ByteBuf in = Unpooled.buffer();

  RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  static RawConnection to(InetSocketAddress peer) throws IOException {
    return new RawConnection(new Socket(peer.getAddress(), peer.getPort()));
  }

  void send(TagMessage message) throws IOException {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encodeFrame(message, out);
    send(ByteBufUtil.getBytes(out));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  TagMessage receive() throws IOException, MalformedMessageException {
    TagMessage message = TagCodec.decodeFrame(in);
    while (message == null) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new EOFException("closed by the other side");
      }
      in.writeByte(next);
      message = TagCodec.decodeFrame(in);
    }
    return message;
  }

  /** What comes after the messages. */
  byte[] receive(int bytes) throws IOException {
    return socket.getInputStream().readNBytes(bytes);
  }

  boolean isClosedByTheOther() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true; // by a reset
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
