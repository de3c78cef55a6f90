package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Bytes of STUN to messages and back; the package's page shows the layout. Stateless. */
public final class StunCodec {
  private StunCodec() {}

  /**
   * Whether the readable bytes begin like a message of STUN: to tell it from what else comes to the
   * same socket (RFC 8489 §6.3). It may turn out to be malformed.
   */
  public static boolean looksLikeStun(ByteBuf bytes) {
    return looksLikeStun(bytes, bytes.readerIndex(), bytes.readableBytes());
  }

  /** The same for that many bytes at that index. */
  public static boolean looksLikeStun(ByteBuf buffer, int index, int length) {
    return length >= StunLayout.HEADER_BYTES
        && (buffer.getByte(index) & StunLayout.FIRST_TWO_BITS) == 0
        && buffer.getInt(index + StunLayout.COOKIE_AT) == StunLayout.MAGIC_COOKIE
        && buffer.getUnsignedShort(index + StunLayout.LENGTH_AT) % StunLayout.ALIGNMENT == 0;
  }

  /**
   * Reads the readable bytes, all of them, as one message; the buffer's indices stay. A FINGERPRINT
   * is verified; a MESSAGE-INTEGRITY, whose key depends on the message, is not: see {@link
   * StunReader#integrityIsRight}.
   *
   * @throws MalformedMessageException when they are none
   */
  public static StunMessage decode(ByteBuf bytes) throws MalformedMessageException {
    StunReader reader = new StunReader();
    reader.open(bytes);
    List<StunAttribute> attributes = new ArrayList<>();
    while (reader.next()) {
      attributes.add(AttributeReading.attribute(reader));
    }
    return new StunMessage(
        reader.messageClass(), reader.method(), reader.transactionId(), attributes);
  }

  /**
   * Appends the message.
   *
   * @throws IllegalArgumentException when it is longer than STUN allows
   */
  public static void encode(StunMessage message, ByteBuf out) {
    new StunWriter().begin(out, message);
  }
}
