package io.culvert.lab.net;

import java.net.Inet6Address;

/**
 * An IPv6 /64 of the lab, under 2001:db8::/32 (RFC 3849). Its hosts have the numbers that they have
 * in the IPv4 subnet beside it.
 *
 * @param number 0 for the internet, else a LAN's
 */
record Prefix(int number) {
  static final int LENGTH = 64;

  /** Beyond all LANs. */
  private static final int TRANSLATED = 0x8000;

  Inet6Address address(int host) {
    return (Inet6Address) Inet6Address.ofLiteral("2001:db8:0:%x::%x".formatted(number, host));
  }

  /** What the internet sees of it where a router translates it. */
  Prefix translated() {
    return new Prefix(number + TRANSLATED);
  }

  /** On the link only; routers ask for their neighbours with it. */
  static Inet6Address linkLocal(int host) {
    return (Inet6Address) Inet6Address.ofLiteral("fe80::%x".formatted(host));
  }

  /** As ip(8) takes it. */
  static String text(Inet6Address address) {
    return address.getHostAddress();
  }

  @Override
  public String toString() {
    return "2001:db8:0:%x::/%d".formatted(number, LENGTH);
  }
}
