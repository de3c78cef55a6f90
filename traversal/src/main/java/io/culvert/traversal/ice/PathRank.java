package io.culvert.traversal.ice;

import io.culvert.traversal.Path;
import io.culvert.wire.ice.CandidateType;
import java.net.InetAddress;

/** What kind of way a pair is, the best one first. */
enum PathRank {
  /** Within one network. */
  LOCAL,
  DIRECT_IPV6,
  DIRECT_IPV4,
  /** Within one network where UDP is dead: what is lost holds up all that follows. */
  LOCAL_TCP,
  DIRECT_TCP_IPV6,
  DIRECT_TCP_IPV4,
  RELAYED;

  /** The same as other protocols call it. */
  Path path() {
    return switch (this) {
      case LOCAL, LOCAL_TCP -> Path.LOCAL;
      case DIRECT_IPV6, DIRECT_IPV4, DIRECT_TCP_IPV6, DIRECT_TCP_IPV4 -> Path.PUBLIC;
      case RELAYED -> Path.RELAY;
    };
  }

  /** Whether one that is used is no reason to look for another. */
  boolean isGoodEnough() {
    return compareTo(LOCAL_TCP) < 0;
  }

  static PathRank of(Pair pair) {
    if (pair.isRelayed()) {
      return RELAYED;
    }
    InetAddress remote = pair.addresses().remote().getAddress();
    boolean ipv4 = pair.addresses().local().ipv4();
    if (pair.addresses().local().isTcp()) {
      return isPrivate(remote) ? LOCAL_TCP : ipv4 ? DIRECT_TCP_IPV4 : DIRECT_TCP_IPV6;
    }
    if (pair.remoteType() == CandidateType.HOST && isPrivate(remote)) {
      return LOCAL;
    }
    return ipv4 ? DIRECT_IPV4 : DIRECT_IPV6;
  }

  private static boolean isPrivate(InetAddress address) {
    return address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || address.isLoopbackAddress()
        || isUniqueLocal(address.getAddress());
  }

  /** RFC 4193 §3.1. */
  private static boolean isUniqueLocal(byte[] address) {
    return address.length == 16 && (address[0] & 0xfe) == 0xfc;
  }
}
