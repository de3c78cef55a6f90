package io.culvert.wire.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;

/**
 * Appends a STUN message to a buffer, attribute by attribute; it is whole after each of them.
 * Allocates nothing, and may be used for one message after the other. Not thread-safe.
 */
public final class StunWriter {
  private final Checksum checksum = new Checksum();
  private ByteBuf out = Unpooled.EMPTY_BUFFER;
  private int start;

  /** Begins a message behind what is in the buffer. */
  public StunWriter begin(ByteBuf buffer, StunClass messageClass, int method, TransactionId id) {
    return begin(buffer, messageClass.typeOf(method), id.high(), id.low());
  }

  /** Begins the answer to the request that the reader is at. */
  public StunWriter beginAnswer(ByteBuf buffer, StunClass answerClass, StunReader request) {
    int id = request.messageAt() + StunLayout.TRANSACTION_ID_AT;
    return begin(
        buffer,
        answerClass.typeOf(request.method()),
        request.buffer().getInt(id),
        request.buffer().getLong(id + Integer.BYTES));
  }

  private StunWriter begin(ByteBuf buffer, int type, int idHigh, long idLow) {
    out = buffer;
    start = buffer.writerIndex();
    out.writeShort(type)
        .writeShort(0)
        .writeInt(StunLayout.MAGIC_COOKIE)
        .writeInt(idHigh)
        .writeLong(idLow);
    return this;
  }

  /** Appends XOR-MAPPED-ADDRESS. */
  public StunWriter xorMappedAddress(InetSocketAddress address) {
    return address(AttributeType.XOR_MAPPED_ADDRESS, address, true);
  }

  /** Appends MAPPED-ADDRESS. */
  public StunWriter mappedAddress(InetSocketAddress address) {
    return address(AttributeType.MAPPED_ADDRESS, address, false);
  }

  /**
   * Appends ERROR-CODE without a reason.
   *
   * @param code 300 to 699
   */
  public StunWriter errorCode(int code) {
    int at = open(AttributeType.ERROR_CODE);
    out.writeShort(0).writeByte(code / 100).writeByte(code % 100);
    return close(at);
  }

  private StunWriter address(int type, InetSocketAddress address, boolean xor) {
    int at = open(type);
    TransportAddress.write(address, xor, out, start);
    return close(at);
  }

  /** Appends FINGERPRINT, behind which there can be nothing. */
  public StunWriter fingerprint() {
    int at = open(AttributeType.FINGERPRINT);
    out.writeZero(Integer.BYTES);
    close(at); // the CRC-32 counts the length of the whole message, itself included
    out.setInt(at + StunLayout.ATTRIBUTE_HEADER_BYTES, checksum.of(out, start, at));
    return this;
  }

  /**
   * Begins an attribute whose value is then written to the buffer by the caller.
   *
   * @return what {@link #close} wants to know
   */
  public int open(int type) {
    int at = out.writerIndex();
    out.writeShort(type).writeShort(0);
    return at;
  }

  /**
   * Ends an attribute: its length, its padding and the length of the message.
   *
   * @throws IllegalArgumentException when the message has become longer than 65 532 bytes
   */
  public StunWriter close(int at) {
    int length = out.writerIndex() - at - StunLayout.ATTRIBUTE_HEADER_BYTES;
    out.setShort(at + Short.BYTES, length);
    out.writeZero(StunLayout.padded(length) - length);
    int all = out.writerIndex() - start - StunLayout.HEADER_BYTES;
    if (all > StunLayout.MAX_LENGTH) {
      throw new IllegalArgumentException("the attributes have " + all + " bytes, more than 65532");
    }
    out.setShort(start + StunLayout.LENGTH_AT, all);
    return this;
  }
}
