package io.culvert.client.ice;

import io.culvert.traversal.ice.Base;

/** What a peer's datagrams are sent from. */
final class Bases {
  /** Its UDP port, to addresses of IPv4. */
  static final Base IPV4 = new Base(0, false, true);

  /** Its UDP port of IPv6. */
  static final Base IPV6 = new Base(1, false, false);

  /** Its address at a relay. */
  static final Base RELAY = new Base(2, true, true);

  private static final int FIRST_OF_MORE = 3;

  private Bases() {}

  /** A UDP port beside the usual one, to addresses of IPv4. */
  static Base more(int number) {
    return new Base(FIRST_OF_MORE + number, false, true);
  }
}
