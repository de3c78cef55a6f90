package io.culvert.traversal.ice;

import io.culvert.wire.ice.CandidateType;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The first checks across the internet, by the peer that knows the other one sooner. They would
 * reach the other one's NAT before anything has left it. Most NATs drop that; but one that answers,
 * or merely keeps it in mind, has then given away the port at which it is expected, and its own
 * packets leave by another. So these are made to pass our own NATs and to die on their way. What
 * comes from the other one then finds ours open, and is answered at full length.
 */
final class Openers {
  /** How far they get: past the router at home, one more, and those of a carrier behind. */
  private static final int[] HOPS = {2, 3, 5};

  /** RFC 6598: where carriers have their customers. */
  private static final int SHARED_FIRST = 100;

  private static final int SHARED_SECOND = 64;
  private static final int SHARED_MASK = 0xc0;

  private Openers() {}

  /** How far the next check of a pair is to get; 0 is as far as it can. */
  static int hops(Pair pair, Role role) {
    boolean isOpener =
        role == Role.CONTROLLED
            && pair.sent() < HOPS.length
            && !pair.isHeard()
            && !pair.addresses().local().relayed()
            && !pair.addresses().local().isTcp()
            && pair.remoteType() == CandidateType.SERVER_REFLEXIVE
            && isPublic(pair.addresses().remote().getAddress());
    return isOpener ? HOPS[pair.sent()] : 0;
  }

  private static boolean isPublic(InetAddress address) {
    return address instanceof Inet4Address
        && !address.isSiteLocalAddress()
        && !address.isLinkLocalAddress()
        && !address.isLoopbackAddress()
        && !isShared(address.getAddress());
  }

  private static boolean isShared(byte[] ip) {
    return ip[0] == SHARED_FIRST && (ip[1] & SHARED_MASK) == SHARED_SECOND;
  }
}
