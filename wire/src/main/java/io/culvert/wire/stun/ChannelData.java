package io.culvert.wire.stun;

import io.netty.buffer.ByteBuf;

/**
 * The messages of TURN that carry data with 4 bytes of header, RFC 8656 §12.4; the package's page
 * shows them. Stateless; allocates nothing.
 */
public final class ChannelData {
  public static final int HEADER_BYTES = 4;

  /** The first number of a channel. */
  public static final int FIRST = 0x4000;

  /** The last one (RFC 8656 §12). */
  public static final int LAST = 0x4fff;

  /** The last one of RFC 5766 §11. */
  public static final int LAST_OF_RFC_5766 = 0x7ffe;

  private static final int FIRST_TWO_BITS = 0x40;

  private ChannelData() {}

  /** Whether a message that begins with this byte is one, of whatever channel; 0 to 255. */
  public static boolean isChannelData(int firstByte) {
    return (firstByte & StunLayout.FIRST_TWO_BITS) == FIRST_TWO_BITS;
  }

  /** The number of the channel, of the message at this index. */
  public static int channel(ByteBuf buffer, int at) {
    return buffer.getUnsignedShort(at);
  }

  /** How many bytes of data are behind the header, of the message at this index. */
  public static int dataLength(ByteBuf buffer, int at) {
    return buffer.getUnsignedShort(at + Short.BYTES);
  }

  /**
   * Whether these bytes are one message: they have its header and all of its data. What is left
   * over is padding, which a datagram may have though it needs none (RFC 8656 §12.5).
   */
  public static boolean isWhole(ByteBuf buffer, int at, int length) {
    return length >= HEADER_BYTES
        && isChannelData(buffer.getUnsignedByte(at))
        && HEADER_BYTES + dataLength(buffer, at) <= length;
  }

  /** How many bytes of padding follow that much data on a stream: 0 to 3 (RFC 8656 §12.5). */
  public static int padding(int dataLength) {
    return StunLayout.padded(dataLength) - dataLength;
  }

  /** Writes the header in front of the data, at this index; the buffer's indices stay. */
  public static void setHeader(ByteBuf buffer, int at, int channel, int dataLength) {
    buffer.setShort(at, channel);
    buffer.setShort(at + Short.BYTES, dataLength);
  }
}
