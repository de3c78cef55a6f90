package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A STUN message where it lies in a buffer: says what the header says, and goes from attribute to
 * attribute. Allocates nothing, and may be used for one message after the other. Not thread-safe.
 *
 * <pre>{@code
 * reader.open(datagram);
 * while (reader.next()) {
 *   … reader.type() …
 * }
 * }</pre>
 */
public final class StunReader {
  private final Checksum checksum = new Checksum();
  private @Nullable Integrity integrity;
  private ByteBuf message = Unpooled.EMPTY_BUFFER;
  private int start;
  private int end;
  private int attributeAt;
  private int next;
  private int place;

  /**
   * Takes the readable bytes as one message and stands before its first attribute.
   *
   * @throws MalformedMessageException when its header is wrong, or its length is not the buffer's
   */
  public void open(ByteBuf bytes) throws MalformedMessageException {
    open(bytes, bytes.readerIndex(), bytes.readableBytes());
  }

  /**
   * Takes that many bytes at that index as one message and stands before its first attribute. The
   * buffer's indices play no part.
   *
   * @throws MalformedMessageException when its header is wrong, or its length is another one
   */
  public void open(ByteBuf buffer, int index, int bytes) throws MalformedMessageException {
    if (!StunCodec.looksLikeStun(buffer, index, bytes)) {
      throw new MalformedMessageException("no header of STUN");
    }
    int length = buffer.getUnsignedShort(index + StunLayout.LENGTH_AT);
    if (StunLayout.HEADER_BYTES + length != bytes) {
      throw new MalformedMessageException("length of " + length + " in " + bytes + " bytes");
    }
    message = buffer;
    start = index;
    end = index + bytes;
    next = start + StunLayout.HEADER_BYTES;
    place = 0;
  }

  public StunClass messageClass() {
    return StunClass.ofType(message.getUnsignedShort(start));
  }

  public int method() {
    return StunClass.methodOfType(message.getUnsignedShort(start));
  }

  public TransactionId transactionId() {
    int at = start + StunLayout.TRANSACTION_ID_AT;
    return new TransactionId(message.getInt(at), message.getLong(at + Integer.BYTES));
  }

  /**
   * Goes to the next attribute that counts and says whether there was one: behind one that vouches
   * for the message only another such counts.
   *
   * @throws MalformedMessageException when an attribute does not fit into the message
   */
  public boolean next() throws MalformedMessageException {
    while (step()) {
      int itsPlace = AttributeType.place(type());
      if (place == 0 || itsPlace > place) {
        place = itsPlace;
        return true;
      }
    }
    return false;
  }

  private boolean step() throws MalformedMessageException {
    attributeAt = next;
    if (attributeAt == end) {
      return false;
    }
    // Both ends are multiples of 4 away from the start, so a type and a length fit in.
    next = valueAt() + StunLayout.padded(valueLength());
    if (next > end) {
      throw new MalformedMessageException("attribute cut short");
    }
    return true;
  }

  /** The number of the attribute. */
  public int type() {
    return message.getUnsignedShort(attributeAt);
  }

  /** The index of the attribute's value in the buffer. */
  public int valueAt() {
    return attributeAt + StunLayout.ATTRIBUTE_HEADER_BYTES;
  }

  /** How long the attribute's value is, without padding. */
  public int valueLength() {
    return message.getUnsignedShort(attributeAt + Short.BYTES);
  }

  /** Whether the attribute's value is these bytes. */
  public boolean valueIs(byte[] bytes) {
    if (valueLength() != bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (message.getByte(valueAt() + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** A copy of the attribute's value. */
  public byte[] value() {
    return ByteBufUtil.getBytes(message, valueAt(), valueLength());
  }

  /**
   * The attribute's value as text.
   *
   * @throws MalformedMessageException when it is no UTF-8, or longer than STUN allows
   */
  public String text() throws MalformedMessageException {
    return Text.read(this);
  }

  /**
   * The attribute's value of 4 bytes, 0 to 2³² - 1: LIFETIME and others.
   *
   * @throws MalformedMessageException when it has not 4 bytes
   */
  public long unsignedInt() throws MalformedMessageException {
    requireLength(Integer.BYTES);
    return message.getUnsignedInt(valueAt());
  }

  /**
   * The first 2 of the attribute's 4 bytes: CHANNEL-NUMBER and RESPONSE-PORT. There may be just
   * these 2: RFC 5780 §7.5 does not say whether the others are the value's or padding.
   *
   * @throws MalformedMessageException when it has neither 4 bytes nor 2
   */
  public int unsignedShort() throws MalformedMessageException {
    if (valueLength() != Short.BYTES) {
      requireLength(Integer.BYTES);
    }
    return message.getUnsignedShort(valueAt());
  }

  /**
   * The first of the attribute's 4 bytes: REQUESTED-TRANSPORT, REQUESTED-ADDRESS-FAMILY and
   * ADDITIONAL-ADDRESS-FAMILY.
   *
   * @throws MalformedMessageException when it has not 4 bytes
   */
  public int unsignedByte() throws MalformedMessageException {
    requireLength(Integer.BYTES);
    return message.getUnsignedByte(valueAt());
  }

  /**
   * The attribute's value of 8 bytes: RESERVATION-TOKEN.
   *
   * @throws MalformedMessageException when it has not 8 bytes
   */
  public long longValue() throws MalformedMessageException {
    requireLength(Long.BYTES);
    return message.getLong(valueAt());
  }

  /**
   * Whether the attribute, which is an EVEN-PORT, wants the next port reserved.
   *
   * @throws MalformedMessageException when it has not 1 byte
   */
  public boolean reservesNextPort() throws MalformedMessageException {
    requireLength(Byte.BYTES);
    return message.getByte(valueAt()) < 0;
  }

  void requireLength(int bytes) throws MalformedMessageException {
    if (valueLength() != bytes) {
      throw new MalformedMessageException(
          "value of %d bytes, not %d, in attribute 0x%04x".formatted(valueLength(), bytes, type()));
    }
  }

  /**
   * Reads the attribute's value as an address: MAPPED-ADDRESS, ALTERNATE-SERVER, RESPONSE-ORIGIN
   * and OTHER-ADDRESS.
   *
   * @return false when it is none; nothing is set then
   */
  public boolean address(AddressSlot into) {
    return TransportAddress.read(this, false, into);
  }

  /**
   * Reads the attribute's value as an address that is hidden from NATs: XOR-MAPPED-ADDRESS,
   * XOR-PEER-ADDRESS and XOR-RELAYED-ADDRESS.
   *
   * @return false when it is none; nothing is set then
   */
  public boolean xorAddress(AddressSlot into) {
    return TransportAddress.read(this, true, into);
  }

  /** Whether the attribute, which is a FINGERPRINT, is the last one and right (RFC 8489 §14.7). */
  public boolean fingerprintIsRight() {
    return next == end
        && valueLength() == Integer.BYTES
        && message.getInt(valueAt()) == checksum.of(message, start, attributeAt);
  }

  /**
   * Whether the attribute, which is a MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256, has been made
   * with this key. How long that takes does not tell how much of it is right.
   */
  public boolean integrityIsRight(StunKey key) {
    if (integrity == null) {
      integrity = new Integrity();
    }
    return integrity.isRight(key, message, start, attributeAt);
  }

  /** The index of the message in the buffer. */
  public int messageAt() {
    return start;
  }

  /** The buffer that the message is in. */
  public ByteBuf buffer() {
    return message;
  }
}
