package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

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
    if (!StunCodec.looksLikeStun(bytes)) {
      throw new MalformedMessageException("no header of STUN");
    }
    start = bytes.readerIndex();
    end = bytes.writerIndex();
    int length = bytes.getUnsignedShort(start + StunLayout.LENGTH_AT);
    if (start + StunLayout.HEADER_BYTES + length != end) {
      throw new MalformedMessageException(
          "length of " + length + " in " + bytes.readableBytes() + " bytes");
    }
    message = bytes;
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
  int valueAt() {
    return attributeAt + StunLayout.ATTRIBUTE_HEADER_BYTES;
  }

  /** How long the attribute's value is, without padding. */
  int valueLength() {
    return message.getUnsignedShort(attributeAt + Short.BYTES);
  }

  /** Whether the attribute, which is a FINGERPRINT, is the last one and right (RFC 8489 §14.7). */
  public boolean fingerprintIsRight() {
    return next == end
        && valueLength() == Integer.BYTES
        && message.getInt(valueAt()) == checksum.of(message, start, attributeAt);
  }

  /** The index of the message in the buffer. */
  int messageAt() {
    return start;
  }

  /** The buffer that the message is in. */
  ByteBuf buffer() {
    return message;
  }
}
