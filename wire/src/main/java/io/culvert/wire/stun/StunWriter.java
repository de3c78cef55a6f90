package io.culvert.wire.stun;

import io.culvert.wire.stun.StunAttribute.MessageIntegrity;
import io.culvert.wire.stun.StunAttribute.MessageIntegritySha256;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Appends a STUN message to a buffer, attribute by attribute; it is whole after each of them.
 * Allocates nothing, and may be used for one message after the other. Not thread-safe.
 */
public final class StunWriter {
  private final Checksum checksum = new Checksum();
  private @Nullable Integrity integrity;
  private ByteBuf out = Unpooled.EMPTY_BUFFER;
  private int start;

  /** Begins a message behind what is in the buffer. */
  public StunWriter begin(ByteBuf buffer, StunClass messageClass, int method, TransactionId id) {
    return begin(buffer, messageClass.typeOf(method), id.high(), id.low());
  }

  /** Begins with a whole message, behind whose attributes others may follow. */
  public StunWriter begin(ByteBuf buffer, StunMessage message) {
    begin(buffer, message.messageClass(), message.method(), message.transactionId());
    message.attributes().forEach(attribute -> AttributeWriting.write(attribute, this, buffer));
    return this;
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

  /** The same as {@link #begin(ByteBuf, StunClass, int, TransactionId)}, without an object. */
  public StunWriter begin(
      ByteBuf buffer, StunClass messageClass, int method, int idHigh, long idLow) {
    return begin(buffer, messageClass.typeOf(method), idHigh, idLow);
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
    return xorAddress(AttributeType.XOR_MAPPED_ADDRESS, address);
  }

  /** Appends an attribute with an address that is hidden from NATs. */
  public StunWriter xorAddress(int type, InetSocketAddress address) {
    return address(type, address, true);
  }

  /**
   * Appends an attribute with an address that is hidden from NATs, given as an {@link Endpoint} has
   * it.
   *
   * @param ipv4 whether it is written as one of IPv4, which it then must be
   */
  public StunWriter xorAddress(int type, long high, long low, int port, boolean ipv4) {
    return address(type, high, low, port, ipv4, true);
  }

  /** Appends an attribute with an address in plain bytes. */
  public StunWriter address(int type, InetSocketAddress address) {
    return address(type, address, false);
  }

  /** Appends an attribute with an address in plain bytes, given as for {@link #xorAddress}. */
  public StunWriter address(int type, long high, long low, int port, boolean ipv4) {
    return address(type, high, low, port, ipv4, false);
  }

  private StunWriter address(int type, InetSocketAddress address, boolean xor) {
    Endpoint endpoint = Endpoint.of(address);
    boolean ipv4 = address.getAddress() instanceof Inet4Address;
    return address(type, endpoint.high(), endpoint.low(), endpoint.port(), ipv4, xor);
  }

  private StunWriter address(int type, long high, long low, int port, boolean ipv4, boolean xor) {
    int at = open(type);
    TransportAddress.write(high, low, port, ipv4, xor, out, start);
    return close(at);
  }

  /**
   * Appends ERROR-CODE.
   *
   * @param code 300 to 699
   * @param reason for people, may be empty
   */
  public StunWriter errorCode(int code, CharSequence reason) {
    return errorCode(AttributeType.ERROR_CODE, 0, code, reason);
  }

  /**
   * Appends ADDRESS-ERROR-CODE.
   *
   * @param family one of {@link AddressFamily}
   * @param code 300 to 699
   * @param reason for people, may be empty
   */
  public StunWriter addressErrorCode(int family, int code, CharSequence reason) {
    return errorCode(AttributeType.ADDRESS_ERROR_CODE, family, code, reason);
  }

  private StunWriter errorCode(int type, int family, int code, CharSequence reason) {
    int at = open(type);
    out.writeByte(family).writeByte(0).writeByte(code / 100).writeByte(code % 100);
    out.writeCharSequence(reason, StandardCharsets.UTF_8);
    return close(at);
  }

  /** Appends EVEN-PORT. */
  public StunWriter evenPort(boolean reserveNext) {
    int at = open(AttributeType.EVEN_PORT);
    out.writeByte(reserveNext ? 0x80 : 0);
    return close(at);
  }

  /** Appends ICMP. */
  public StunWriter icmp(int icmpType, int code, int data) {
    int at = open(AttributeType.ICMP);
    out.writeShort(0).writeShort((icmpType << TurnAttribute.Icmp.CODE_BITS) | code).writeInt(data);
    return close(at);
  }

  /** Appends an attribute without a value. */
  public StunWriter empty(int type) {
    return close(open(type));
  }

  /** Appends an attribute whose value is a number of 4 bytes, for example LIFETIME. */
  public StunWriter unsignedInt(int type, long value) {
    int at = open(type);
    out.writeInt((int) value);
    return close(at);
  }

  /** Appends an attribute whose value is a number of 2 bytes and 2 zeros: CHANNEL-NUMBER. */
  public StunWriter unsignedShort(int type, int value) {
    return unsignedInt(type, (long) value << Short.SIZE);
  }

  /** Appends an attribute whose value is a number of 1 byte and 3 zeros: REQUESTED-TRANSPORT. */
  public StunWriter unsignedByte(int type, int value) {
    return unsignedInt(type, (long) value << (3 * Byte.SIZE));
  }

  /** Appends an attribute whose value is a number of 8 bytes: RESERVATION-TOKEN. */
  public StunWriter longValue(int type, long value) {
    int at = open(type);
    out.writeLong(value);
    return close(at);
  }

  /** Appends an attribute whose value are these bytes. */
  public StunWriter bytes(int type, byte[] value) {
    int at = open(type);
    out.writeBytes(value);
    return close(at);
  }

  /** Appends an attribute whose value are these bytes; the indices of their buffer stay. */
  public StunWriter bytes(int type, ByteBuf buffer, int index, int length) {
    int at = open(type);
    out.writeBytes(buffer, index, length);
    return close(at);
  }

  /** Appends an attribute whose value is text. */
  public StunWriter text(int type, CharSequence value) {
    int at = open(type);
    out.writeCharSequence(value, StandardCharsets.UTF_8);
    return close(at);
  }

  /**
   * Appends MESSAGE-INTEGRITY, behind which only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT count.
   */
  public StunWriter messageIntegrity(StunKey key) {
    return vouch(AttributeType.MESSAGE_INTEGRITY, MessageIntegrity.BYTES, key);
  }

  /** Appends MESSAGE-INTEGRITY-SHA256 in full length, behind which only FINGERPRINT counts. */
  public StunWriter messageIntegritySha256(StunKey key) {
    return vouch(AttributeType.MESSAGE_INTEGRITY_SHA256, MessageIntegritySha256.MAX_BYTES, key);
  }

  private StunWriter vouch(int type, int length, StunKey key) {
    int at = open(type);
    out.writeZero(length);
    close(at);
    if (integrity == null) {
      integrity = new Integrity();
    }
    integrity.set(key, out, start, at);
    return this;
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
