package io.culvert.server.tls.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Goes through the records of a datagram without an object for each (RFC 6347 §4.1, §4.2.2).
 *
 * <pre>
 *  0  type: 20 change_cipher_spec, 21 alert, 22 handshake, 23 application_data
 *  1  version: 254, 255 or 254, 253
 *  3  epoch                          0: plain, 1: encrypted
 *  5  sequence number (6 bytes)
 * 11  length of what follows
 * 13  of a plain handshake record, one or several times:
 *        0  message type: 1 client_hello, …
 *        1  message length (3 bytes)
 *        4  message number
 *        6  fragment offset (3 bytes)
 *        9  fragment length (3 bytes)
 *       12  fragment; a ClientHello: version (2), random (32), …
 * </pre>
 */
final class Records {
  static final int HEADER_BYTES = 13;

  static final int CHANGE_CIPHER_SPEC = 20;
  static final int HANDSHAKE = 22;
  static final int APPLICATION_DATA = 23;

  /**
   * A client's longest message is its ClientHello, which has come in one datagram. Bouncy Castle
   * makes room for as many bytes as the first fragment of a message says.
   */
  static final int MAX_MESSAGE_BYTES = 4096;

  private static final int MAJOR_VERSION = 254;
  private static final int MESSAGE_HEADER_BYTES = 12;
  private static final int CLIENT_HELLO = 1;
  private static final int RANDOM_AT = HEADER_BYTES + MESSAGE_HEADER_BYTES + 2;
  private static final int RANDOM_BYTES = 32;

  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private int at;
  private int length;
  private int end;

  /** Goes to before the first record of a datagram. */
  void open(ByteBuf datagram, int index, int bytes) {
    buffer = datagram;
    at = index;
    length = 0;
    end = index + bytes;
  }

  /** Goes to the next record, and says whether there is one. */
  boolean next() {
    at += length;
    length = 0;
    if (end - at < HEADER_BYTES || buffer.getUnsignedByte(at + 1) != MAJOR_VERSION) {
      return false;
    }
    int bytes = HEADER_BYTES + buffer.getUnsignedShort(at + 11);
    if (bytes > end - at) {
      return false;
    }
    length = bytes;
    return !isPlain()
        || type() != HANDSHAKE
        || messagesAreBounded(buffer, at + HEADER_BYTES, bytes - HEADER_BYTES);
  }

  /** Whether something is left that is no record, when there is no next one. */
  boolean isMalformed() {
    return at < end;
  }

  ByteBuf buffer() {
    return buffer;
  }

  /** Where the record begins. */
  int at() {
    return at;
  }

  /** How long it is, its header included. */
  int length() {
    return length;
  }

  int type() {
    return buffer.getUnsignedByte(at);
  }

  boolean isPlain() {
    return buffer.getUnsignedShort(at + 3) == 0;
  }

  /** Whether the record holds a ClientHello, or its beginning. */
  boolean isClientHello() {
    return isPlain()
        && type() == HANDSHAKE
        && length >= RANDOM_AT + RANDOM_BYTES
        && buffer.getUnsignedByte(at + HEADER_BYTES) == CLIENT_HELLO;
  }

  /** What tells one ClientHello from all others, but not from its repetitions. */
  long clientRandom() {
    return buffer.getLong(at + RANDOM_AT + RANDOM_BYTES - Long.BYTES);
  }

  /** Whether a ClientHello comes with a cookie, be it the right one or not. */
  boolean hasCookie() {
    int sessionAt = at + RANDOM_AT + RANDOM_BYTES;
    int to = at + length;
    int cookieAt = sessionAt < to ? sessionAt + 1 + buffer.getUnsignedByte(sessionAt) : to;
    return cookieAt < to && buffer.getUnsignedByte(cookieAt) > 0;
  }

  byte[] copy() {
    byte[] record = new byte[length];
    buffer.getBytes(at, record);
    return record;
  }

  /** Whether no fragment of a handshake message there claims that the message is longer. */
  static boolean messagesAreBounded(ByteBuf buffer, int index, int length) {
    int to = index + length;
    for (int from = index;
        to - from >= MESSAGE_HEADER_BYTES;
        from += MESSAGE_HEADER_BYTES + buffer.getUnsignedMedium(from + 9)) {
      if (buffer.getUnsignedMedium(from + 1) > MAX_MESSAGE_BYTES) {
        return false;
      }
    }
    return true;
  }
}
