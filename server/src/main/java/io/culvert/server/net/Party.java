package io.culvert.server.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Those behind one address, as far as a server can tell them apart: an IPv4 address, or an IPv6
 * /64, of which whoever has one address has all.
 */
public record Party(InetAddress address) {
  private static final int IPV6_PREFIX_BYTES = 8;

  /** The party that an address belongs to. */
  public static Party of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet6Address) {
      Arrays.fill(bytes, IPV6_PREFIX_BYTES, bytes.length, (byte) 0);
    }
    try {
      return new Party(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new AssertionError("the bytes of an address are an address", e);
    }
  }

  /** The address, without a name. */
  @Override
  public String toString() {
    return address.getHostAddress();
  }
}
