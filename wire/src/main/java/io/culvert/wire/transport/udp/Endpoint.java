package io.culvert.wire.transport.udp;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IP address and a port in three numbers, which can be compared without an object: the address
 * as IPv6 writes it, an IPv4 one as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). Whoever needs to tell an
 * IPv4 address from its mapped form must do so before.
 *
 * @param high the first 8 bytes of the address
 * @param low the other 8
 * @param port 0 to 65535
 */
public record Endpoint(long high, long low, int port) {
  private static final long IPV4_PREFIX = 0xffff_0000_0000L;
  private static final long IPV4_BITS = 0xffff_ffffL;

  public Endpoint {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
    }
  }

  /** The same as a socket address has it. */
  public static Endpoint of(InetSocketAddress address) {
    return of(address.getAddress(), address.getPort());
  }

  /** The same of an address and a port. */
  public static Endpoint of(InetAddress address, int port) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address
        ? new Endpoint(0, low(bytes.getInt()), port)
        : new Endpoint(bytes.getLong(), bytes.getLong(), port);
  }

  /** The lower half of an IPv4 address. */
  public static long low(int ipv4) {
    return IPV4_PREFIX | (ipv4 & IPV4_BITS);
  }

  /** Whether these two halves are those of an IPv4 address. */
  public static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> Integer.SIZE == IPV4_PREFIX >>> Integer.SIZE;
  }

  /** Whether the address is one of IPv4. */
  public boolean isIpv4() {
    return isIpv4(high, low);
  }

  /** Whether it is this one. */
  public boolean is(long itsHigh, long itsLow, int itsPort) {
    return low == itsLow && port == itsPort && high == itsHigh;
  }

  /** The address alone. */
  public InetAddress address() {
    try {
      return isIpv4()
          ? InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array())
          : Inet6Address.getByAddress(
              null, ByteBuffer.allocate(16).putLong(high).putLong(low).array(), -1);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  /** What the JDK's sockets want. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(address(), port);
  }

  /** The address as people write it, with the port behind a colon. */
  @Override
  public String toString() {
    return NetUtil.toSocketAddressString(toSocketAddress());
  }
}
