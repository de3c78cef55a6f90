package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.MappedAddress;
import io.culvert.wire.stun.StunAttribute.MessageIntegrity;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Software;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
   * is verified.
   *
   * @throws MalformedMessageException when they are none
   */
  public static StunMessage decode(ByteBuf bytes) throws MalformedMessageException {
    StunReader reader = new StunReader();
    reader.open(bytes);
    List<StunAttribute> attributes = new ArrayList<>();
    while (reader.next()) {
      attributes.add(attribute(reader));
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
    StunWriter writer =
        new StunWriter()
            .begin(out, message.messageClass(), message.method(), message.transactionId());
    message.attributes().forEach(attribute -> write(attribute, writer, out));
  }

  private static StunAttribute attribute(StunReader in) throws MalformedMessageException {
    return switch (in.type()) {
      case AttributeType.MAPPED_ADDRESS -> new MappedAddress(TransportAddress.read(in, false));
      case AttributeType.XOR_MAPPED_ADDRESS ->
          new XorMappedAddress(TransportAddress.read(in, true));
      case AttributeType.USERNAME -> new Username(exactText(in));
      case AttributeType.REALM -> new Realm(exactText(in));
      case AttributeType.NONCE -> new Nonce(exactText(in));
      case AttributeType.SOFTWARE -> new Software(readableText(value(in)));
      case AttributeType.ERROR_CODE -> errorCode(value(in));
      case AttributeType.UNKNOWN_ATTRIBUTES -> unknownAttributes(value(in));
      case AttributeType.MESSAGE_INTEGRITY -> messageIntegrity(value(in));
      case AttributeType.FINGERPRINT -> fingerprint(in);
      default -> new Unknown(in.type(), ByteBufUtil.getBytes(value(in)));
    };
  }

  private static void write(StunAttribute attribute, StunWriter writer, ByteBuf out) {
    int type = attribute.type();
    switch (attribute) {
      case MappedAddress(InetSocketAddress address) -> writer.mappedAddress(address);
      case XorMappedAddress(InetSocketAddress address) -> writer.xorMappedAddress(address);
      case Username(String name) -> writeText(type, name, writer, out);
      case Realm(String name) -> writeText(type, name, writer, out);
      case Nonce(String value) -> writeText(type, value, writer, out);
      case Software(String description) -> writeText(type, description, writer, out);
      case ErrorCode(int code, String reason) -> {
        int at = writer.open(type);
        out.writeShort(0).writeByte(code / 100).writeByte(code % 100);
        out.writeCharSequence(reason, StandardCharsets.UTF_8);
        writer.close(at);
      }
      case UnknownAttributes(List<Integer> types) -> {
        int at = writer.open(type);
        types.forEach(out::writeShort);
        writer.close(at);
      }
      case MessageIntegrity(byte[] hmac) -> writeBytes(type, hmac, writer, out);
      case Fingerprint() -> writer.fingerprint();
      case Unknown(int _, byte[] value) -> writeBytes(type, value, writer, out);
    }
  }

  private static ByteBuf value(StunReader in) {
    return in.buffer().slice(in.valueAt(), in.valueLength());
  }

  /** Text that must come back, or be found, as it was. */
  private static String exactText(StunReader in) throws MalformedMessageException {
    ByteBuf value = limited(value(in));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(value.nioBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("attribute is not UTF-8");
    }
  }

  /** Text that only people read. */
  private static String readableText(ByteBuf value) throws MalformedMessageException {
    String text = limited(value).toString(StandardCharsets.UTF_8);
    boolean fits = ByteBufUtil.utf8Bytes(text) <= StunAttribute.MAX_TEXT_BYTES;
    return fits ? text : ""; // what stands for broken bytes is longer than they were
  }

  private static ByteBuf limited(ByteBuf text) throws MalformedMessageException {
    if (text.readableBytes() > StunAttribute.MAX_TEXT_BYTES) {
      throw new MalformedMessageException("text of " + text.readableBytes() + " bytes");
    }
    return text;
  }

  private static ErrorCode errorCode(ByteBuf value) throws MalformedMessageException {
    if (value.readableBytes() < Integer.BYTES) {
      throw new MalformedMessageException("error code cut short");
    }
    int hundreds = value.getByte(2) & 0x07;
    int rest = value.getUnsignedByte(3);
    if (hundreds < 3 || hundreds > 6 || rest > 99) {
      throw new MalformedMessageException("error code " + hundreds + " * 100 + " + rest);
    }
    return new ErrorCode(hundreds * 100 + rest, readableText(value.skipBytes(Integer.BYTES)));
  }

  private static UnknownAttributes unknownAttributes(ByteBuf value)
      throws MalformedMessageException {
    if (value.readableBytes() % Short.BYTES != 0) {
      throw new MalformedMessageException("unknown attributes cut short");
    }
    List<Integer> types = new ArrayList<>();
    while (value.isReadable()) {
      types.add(value.readUnsignedShort());
    }
    return new UnknownAttributes(types);
  }

  private static MessageIntegrity messageIntegrity(ByteBuf value) throws MalformedMessageException {
    if (value.readableBytes() != MessageIntegrity.BYTES) {
      throw new MalformedMessageException("integrity of " + value.readableBytes() + " bytes");
    }
    return new MessageIntegrity(ByteBufUtil.getBytes(value));
  }

  private static Fingerprint fingerprint(StunReader in) throws MalformedMessageException {
    if (!in.fingerprintIsRight()) {
      throw new MalformedMessageException("fingerprint does not fit the message");
    }
    return new Fingerprint();
  }

  private static void writeText(int type, String text, StunWriter writer, ByteBuf out) {
    int at = writer.open(type);
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    writer.close(at);
  }

  private static void writeBytes(int type, byte[] bytes, StunWriter writer, ByteBuf out) {
    int at = writer.open(type);
    out.writeBytes(bytes);
    writer.close(at);
  }
}
