package io.culvert.client.ice;

import io.culvert.traversal.ice.Base;
import java.net.Inet4Address;
import java.net.InetAddress;

/** What a peer's datagrams are sent from. */
final class Bases {
  /** Its UDP port, to addresses of IPv4. */
  static final Base IPV4 = new Base(0, false, true);

  /** Its UDP port of IPv6. */
  static final Base IPV6 = new Base(1, false, false);

  private static final Base RELAY_IPV4 = new Base(2, true, true);
  private static final Base RELAY_IPV6 = new Base(3, true, false);
  private static final int FIRST_OF_MORE = 4;

  private Bases() {}

  /** Its address at a relay that sends to that one, and is of the same family. */
  static Base relay(InetAddress towards) {
    return towards instanceof Inet4Address ? RELAY_IPV4 : RELAY_IPV6;
  }

  /** A UDP port beside the usual one, to addresses of IPv4. */
  static Base more(int number) {
    return new Base(FIRST_OF_MORE + number, false, true);
  }
}
