package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Values that are text: UTF-8 of a limited length. */
final class Text {
  private Text() {}

  /** Text that must come back, or be found, as it was. */
  static String read(StunReader in) throws MalformedMessageException {
    ByteBuf value = limited(in, 0);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(value.nioBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("attribute is not UTF-8");
    }
  }

  /** Text that only people read, behind that many bytes of the value. */
  static String readLeniently(StunReader in, int offset) throws MalformedMessageException {
    String text = limited(in, offset).toString(StandardCharsets.UTF_8);
    boolean fits = ByteBufUtil.utf8Bytes(text) <= StunAttribute.MAX_TEXT_BYTES;
    return fits ? text : ""; // what stands for broken bytes is longer than they were
  }

  private static ByteBuf limited(StunReader in, int offset) throws MalformedMessageException {
    int length = in.valueLength() - offset;
    if (length > maxBytes(in.type())) {
      throw new MalformedMessageException("text of " + length + " bytes");
    }
    return in.buffer().slice(in.valueAt() + offset, length);
  }

  /** The longest text in an attribute of this type, in bytes. */
  static int maxBytes(int type) {
    return switch (type) {
      case AttributeType.USERNAME -> StunAttribute.MAX_USERNAME_BYTES;
      case AttributeType.ALTERNATE_DOMAIN -> StunAttribute.MAX_DOMAIN_BYTES;
      default -> StunAttribute.MAX_TEXT_BYTES;
    };
  }

  static void require(String text, int maxBytes) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("text must be Unicode");
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxBytes) {
      throw new IllegalArgumentException("text of " + bytes + " bytes, more than " + maxBytes);
    }
  }
}
