package io.culvert.wire.stun;

import io.culvert.wire.transport.udp.Endpoint;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Where a {@link StunReader} puts the address it has read: in the three numbers of an {@link
 * Endpoint}, without an object for each. Unlike these it tells an IPv4 address from one that was
 * sent as the IPv6 address ::ffff:a.b.c.d. Not thread-safe.
 */
public final class AddressSlot {
  private long high;
  private long low;
  private int port;
  private boolean ipv4;

  void setIpv4(int address, int itsPort) {
    high = 0;
    low = Endpoint.low(address);
    port = itsPort;
    ipv4 = true;
  }

  void setIpv6(long addressHigh, long addressLow, int itsPort) {
    high = addressHigh;
    low = addressLow;
    port = itsPort;
    ipv4 = false;
  }

  /** The first 8 bytes of the address as IPv6 writes it. */
  public long high() {
    return high;
  }

  /** The other 8. */
  public long low() {
    return low;
  }

  /** 0 to 65535. */
  public int port() {
    return port;
  }

  /** Whether the attribute was one of IPv4; false for an IPv4 address in the clothes of IPv6. */
  public boolean ipv4() {
    return ipv4;
  }

  /** The same as an object, of the family that the attribute had. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(address(), port);
  }

  private InetAddress address() {
    try {
      // InetAddress would turn an IPv4-mapped address into one of the other family.
      return ipv4
          ? InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array())
          : Inet6Address.getByAddress(
              null, ByteBuffer.allocate(16).putLong(high).putLong(low).array(), -1);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }
}
