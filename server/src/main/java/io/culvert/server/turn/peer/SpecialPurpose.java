package io.culvert.server.turn.peer;

import io.culvert.wire.transport.udp.Endpoint;

/**
 * The addresses that are not just anybody's on the Internet: the IANA registries of IPv4 and IPv6
 * special-purpose addresses (RFC 6890), multicast, and what clouds keep for themselves.
 */
final class SpecialPurpose {
  /** The host itself. */
  private static final Cidr[] LOOPBACK = networks("127.0.0.0/8", "::1");

  /** No destination of a packet, or another address in disguise, at which no list would look. */
  private static final Cidr[] NEVER =
      networks(
          "0.0.0.0/8", // this network; 0.0.0.0 reaches the host itself
          "::/64", // unspecified, and IPv4-compatible, -mapped and -translated addresses
          "64:ff9b:1::/48", // local-use NAT64, where the IPv4 address can be anywhere, RFC 8215
          "2001::/32", // Teredo, RFC 8656 §12.1
          "2002::/16"); // 6to4, the same

  /** An IPv4 address in its last 32 bits, RFC 6052. */
  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

  private static final Cidr[] IPV4 =
      networks(
          "10.0.0.0/8", // private, RFC 1918
          "100.64.0.0/10", // shared by the customers of a provider, RFC 6598
          "168.63.129.16", // a host's agent in Azure, which looks like a public address
          "169.254.0.0/16", // link-local, and the metadata of every cloud
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments, RFC 6890
          "192.0.2.0/24", // documentation, RFC 5737
          "192.31.196.0/24", // AS112, RFC 7535
          "192.52.193.0/24", // AMT, RFC 7450
          "192.88.99.0/24", // 6to4 relays, RFC 7526
          "192.168.0.0/16", // private
          "192.175.48.0/24", // AS112, RFC 7534
          "198.18.0.0/15", // benchmarks, RFC 2544
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, and broadcast

  private static final Cidr[] IPV6 =
      networks(
          // Everything but 2000::/3, in which all global unicast addresses are (RFC 4291 §2.4):
          // fc00::/7, fe80::/10, fec0::/10, ff00::/8, 100::/64, 5f00::/16 and what is not assigned.
          "::/3",
          "4000::/2",
          "8000::/1",
          "2001::/23", // protocol assignments, RFC 2928
          "2001:db8::/32", // documentation, RFC 3849
          "2620:4f:8000::/48", // AS112, RFC 7534
          "3fff::/20"); // documentation, RFC 9637

  private SpecialPurpose() {}

  static boolean isLoopback(long high, long low) {
    return contains(LOOPBACK, high, low);
  }

  static boolean isNever(long high, long low) {
    return contains(NEVER, high, low);
  }

  /** Whether a translator on the way turns it into the IPv4 address in its last 32 bits. */
  static boolean isNat64(long high, long low) {
    return NAT64.contains(high, low);
  }

  /** The lower half of that IPv4 address. */
  static long behindNat64(long low) {
    return Endpoint.low((int) low);
  }

  static boolean contains(long high, long low) {
    return contains(Endpoint.isIpv4(high, low) ? IPV4 : IPV6, high, low);
  }

  private static boolean contains(Cidr[] networks, long high, long low) {
    for (Cidr network : networks) {
      if (network.contains(high, low)) {
        return true;
      }
    }
    return false;
  }

  private static Cidr[] networks(String... texts) {
    Cidr[] networks = new Cidr[texts.length];
    for (int i = 0; i < texts.length; i++) {
      networks[i] = Cidr.parse(texts[i]);
    }
    return networks;
  }
}
