package io.culvert.wire.ice;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/**
 * Datagrams in a TCP connection, as ICE has them there (RFC 6544 §10, RFC 4571 §2): each behind its
 * length, two bytes in network order.
 */
public final class DatagramFraming {
  /** What each datagram grows by. */
  public static final int HEADER_BYTES = 2;

  private DatagramFraming() {}

  /**
   * Cuts a stream into its datagrams, each a buffer of its own that belongs to the next handler;
   * some may be empty. One that is too long arrives in {@code exceptionCaught} as a {@link
   * io.netty.handler.codec.TooLongFrameException}, as soon as its length has come.
   *
   * @param longest how many bytes one may have
   */
  public static ChannelHandler decoder(int longest) {
    return new LengthFieldBasedFrameDecoder(
        HEADER_BYTES + longest, 0, HEADER_BYTES, 0, HEADER_BYTES);
  }

  /**
   * Writes datagrams with their lengths.
   *
   * @param datagrams one behind the other, each {@code size} bytes long but for the last, 65535 at
   *     most; its indices stay
   */
  public static void encode(ByteBuf datagrams, int size, ByteBuf out) {
    int end = datagrams.writerIndex();
    for (int at = datagrams.readerIndex(); at < end; at += size) {
      int length = Math.min(size, end - at);
      out.writeShort(length);
      out.writeBytes(datagrams, at, length);
    }
  }
}
