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
    int at = bytes.readerIndex();
    return bytes.readableBytes() >= StunLayout.HEADER_BYTES
        && (bytes.getByte(at) & StunLayout.FIRST_TWO_BITS) == 0
        && bytes.getInt(at + StunLayout.COOKIE_AT) == StunLayout.MAGIC_COOKIE
        && bytes.getUnsignedShort(at + StunLayout.LENGTH_AT) % StunLayout.ALIGNMENT == 0;
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
    encode(message, out, new StunWriter());
  }

  /**
   * Appends the message and behind it MESSAGE-INTEGRITY with this key.
   *
   * @throws IllegalArgumentException when it is longer than STUN allows
   */
  public static void encode(StunMessage message, StunKey key, ByteBuf out) {
    encode(message, out, new StunWriter()).messageIntegrity(key);
  }

  private static StunWriter encode(StunMessage message, ByteBuf out, StunWriter writer) {
    writer.begin(out, message.messageClass(), message.method(), message.transactionId());
    message.attributes().forEach(attribute -> AttributeWriting.write(attribute, writer, out));
    return writer;
  }
}
