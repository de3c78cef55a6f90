package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What is in a DATAGRAM frame: a byte that says what it is, and the rest. */
final class AppDatagram {
  private static final byte DATA = 0;

  /** Says nothing, but is acknowledged. */
  private static final byte PING = 1;

  private AppDatagram() {}

  static ByteBuf ping() {
    return Unpooled.directBuffer(1).writeByte(PING);
  }

  static ByteBuf of(byte[] bytes) {
    return Unpooled.directBuffer(1 + bytes.length).writeByte(DATA).writeBytes(bytes);
  }

  /** Whether it is for the application; then only that is left to be read. */
  static boolean isOfApplication(ByteBuf datagram) {
    return datagram.isReadable() && datagram.readByte() == DATA;
  }

  /** What a frame with so much room has for the application. */
  static int room(int frame) {
    return frame - 1;
  }
}
