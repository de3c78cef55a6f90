package io.culvert.wire.stun;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The values of MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256, RFC 8489 §14.5 and §14.6. Allocates
 * nothing once it has seen its longest message. Not thread-safe.
 */
final class Integrity {
  private static final int USUAL_MESSAGE_BYTES = 512;

  private final Hmac sha1 = new Hmac("SHA-1", StunAttribute.MessageIntegrity.BYTES);
  private final Hmac sha256 = new Hmac("SHA-256", StunAttribute.MessageIntegritySha256.MAX_BYTES);
  private final byte[] claimed = new byte[StunAttribute.MessageIntegritySha256.MAX_BYTES];
  private final byte[] expected = new byte[StunAttribute.MessageIntegritySha256.MAX_BYTES];
  private byte[] text = new byte[USUAL_MESSAGE_BYTES];

  /** Whether that many bytes can be the value of that attribute. */
  static boolean isLength(int type, int length) {
    return type == AttributeType.MESSAGE_INTEGRITY
        ? length == StunAttribute.MessageIntegrity.BYTES
        : length >= StunAttribute.MessageIntegritySha256.MIN_BYTES
            && length <= StunAttribute.MessageIntegritySha256.MAX_BYTES
            && length % StunLayout.ALIGNMENT == 0;
  }

  /** Whether the attribute at this index has the value that it must have with this key. */
  boolean isRight(StunKey key, ByteBuf message, int start, int attributeAt) {
    int type = message.getUnsignedShort(attributeAt);
    int length = message.getUnsignedShort(attributeAt + Short.BYTES);
    if (!isLength(type, length)) {
      return false;
    }
    byte[] value = compute(type, key, message, start, attributeAt, length);
    Arrays.fill(claimed, (byte) 0);
    Arrays.fill(expected, (byte) 0);
    message.getBytes(attributeAt + StunLayout.ATTRIBUTE_HEADER_BYTES, claimed, 0, length);
    System.arraycopy(value, 0, expected, 0, length);
    return MessageDigest.isEqual(claimed, expected);
  }

  /** Sets the value of the attribute at this index, the last one as yet. */
  void set(StunKey key, ByteBuf message, int start, int attributeAt) {
    int type = message.getUnsignedShort(attributeAt);
    int length = message.getUnsignedShort(attributeAt + Short.BYTES);
    byte[] value = compute(type, key, message, start, attributeAt, length);
    message.setBytes(attributeAt + StunLayout.ATTRIBUTE_HEADER_BYTES, value, 0, length);
  }

  /** What stands before the attribute counts, with a length as if the message ended behind it. */
  private byte[] compute(
      int type, StunKey key, ByteBuf message, int start, int attributeAt, int valueLength) {
    int bytes = attributeAt - start;
    if (bytes > text.length) {
      text = new byte[Math.max(bytes, 2 * text.length)];
    }
    message.getBytes(start, text, 0, bytes);
    int length = bytes - StunLayout.HEADER_BYTES + StunLayout.ATTRIBUTE_HEADER_BYTES + valueLength;
    text[StunLayout.LENGTH_AT] = (byte) (length >> Byte.SIZE);
    text[StunLayout.LENGTH_AT + 1] = (byte) length;
    Hmac hmac = type == AttributeType.MESSAGE_INTEGRITY ? sha1 : sha256;
    return hmac.of(key.bytes(), text, bytes);
  }
}
