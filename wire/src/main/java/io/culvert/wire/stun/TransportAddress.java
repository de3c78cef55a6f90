package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The value of the attributes that hold an address, RFC 8489 §14.1 and §14.2. */
final class TransportAddress {
  private static final int PORT_AT = 2;
  private static final int ADDRESS_AT = 4;
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private TransportAddress() {}

  /** The address in the attribute that the reader stands at. */
  static InetSocketAddress read(StunReader in, boolean xor) throws MalformedMessageException {
    ByteBuf message = in.buffer();
    int at = in.valueAt();
    if (in.valueLength() < ADDRESS_AT) {
      throw new MalformedMessageException("address of " + in.valueLength() + " bytes");
    }
    int family = message.getUnsignedByte(at + 1);
    int bytes =
        switch (family) {
          case StunLayout.IPV4 -> IPV4_BYTES;
          case StunLayout.IPV6 -> IPV6_BYTES;
          default -> throw new MalformedMessageException("address family " + family);
        };
    if (in.valueLength() != ADDRESS_AT + bytes) {
      throw new MalformedMessageException(
          "address of " + in.valueLength() + " bytes in family " + family);
    }
    int mask = in.messageAt() + StunLayout.COOKIE_AT;
    int port = message.getUnsignedShort(at + PORT_AT);
    byte[] address = new byte[bytes];
    message.getBytes(at + ADDRESS_AT, address);
    if (xor) {
      port ^= message.getUnsignedShort(mask);
      for (int i = 0; i < bytes; i++) {
        address[i] ^= message.getByte(mask + i);
      }
    }
    return new InetSocketAddress(addressOf(address), port);
  }

  /** Appends an attribute's value to the message that starts at {@code messageAt}. */
  static void write(InetSocketAddress address, boolean xor, ByteBuf out, int messageAt) {
    byte[] bytes = address.getAddress().getAddress();
    int mask = messageAt + StunLayout.COOKIE_AT;
    out.writeByte(0);
    out.writeByte(bytes.length == IPV4_BYTES ? StunLayout.IPV4 : StunLayout.IPV6);
    out.writeShort(xor ? address.getPort() ^ out.getShort(mask) : address.getPort());
    for (int i = 0; i < bytes.length; i++) {
      out.writeByte(xor ? bytes[i] ^ out.getByte(mask + i) : bytes[i]);
    }
  }

  private static InetAddress addressOf(byte[] bytes) {
    try {
      // InetAddress would turn an IPv4-mapped address into one of the other family.
      return bytes.length == IPV6_BYTES
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }
}
