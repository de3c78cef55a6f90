package io.culvert.wire.stun;

import io.netty.buffer.ByteBuf;

/** The value of the attributes that hold an address, RFC 8489 §14.1 and §14.2. */
final class TransportAddress {
  private static final int PORT_AT = 2;
  private static final int ADDRESS_AT = 4;
  private static final int IPV4_BYTES = ADDRESS_AT + 4;
  private static final int IPV6_BYTES = ADDRESS_AT + 16;
  private static final int COOKIE_HIGH = StunLayout.MAGIC_COOKIE >>> Short.SIZE;

  private TransportAddress() {}

  /** Reads the attribute that the reader stands at; false, and nothing is set, when it is none. */
  static boolean read(StunReader in, boolean xor, AddressSlot into) {
    int bytes = in.valueLength();
    if (bytes != IPV4_BYTES && bytes != IPV6_BYTES) {
      return false;
    }
    ByteBuf message = in.buffer();
    int at = in.valueAt();
    int family = message.getUnsignedByte(at + 1);
    int port = message.getUnsignedShort(at + PORT_AT) ^ (xor ? COOKIE_HIGH : 0);
    if (family == AddressFamily.IPV4 && bytes == IPV4_BYTES) {
      into.setIpv4(message.getInt(at + ADDRESS_AT) ^ (xor ? StunLayout.MAGIC_COOKIE : 0), port);
      return true;
    }
    if (family == AddressFamily.IPV6 && bytes == IPV6_BYTES) {
      int mask = in.messageAt() + StunLayout.COOKIE_AT;
      into.setIpv6(
          message.getLong(at + ADDRESS_AT) ^ (xor ? message.getLong(mask) : 0),
          message.getLong(at + ADDRESS_AT + Long.BYTES)
              ^ (xor ? message.getLong(mask + Long.BYTES) : 0),
          port);
      return true;
    }
    return false;
  }

  /** Appends an attribute's value to the message that starts at {@code messageAt}. */
  static void write(
      long high, long low, int port, boolean ipv4, boolean xor, ByteBuf out, int messageAt) {
    out.writeByte(0);
    out.writeByte(ipv4 ? AddressFamily.IPV4 : AddressFamily.IPV6);
    out.writeShort(port ^ (xor ? COOKIE_HIGH : 0));
    if (ipv4) {
      out.writeInt((int) low ^ (xor ? StunLayout.MAGIC_COOKIE : 0));
    } else {
      int mask = messageAt + StunLayout.COOKIE_AT;
      out.writeLong(high ^ (xor ? out.getLong(mask) : 0));
      out.writeLong(low ^ (xor ? out.getLong(mask + Long.BYTES) : 0));
    }
  }
}
