package io.culvert.traversal.portmap;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What has come of asking the router in one way.
 *
 * @param external the outer address and UDP port that it has given us, whatever that is worth
 * @param sentence the same for people
 */
public record Finding(
    Means means, Outcome outcome, Optional<InetSocketAddress> external, String sentence) {
  /** What has come of it. */
  public enum Outcome {
    /** It has been asked, and may still answer. */
    ASKED,
    /** It is not asked in this way, because another one has worked, or is tried first. */
    UNUSED,
    /** It does not answer to this, or not to us. */
    ABSENT,
    /** It answers that we get no port. */
    REFUSED,
    /** There is a port; nobody outside has told us yet whether it is one that peers can reach. */
    UNVERIFIED,
    /** There is a port, at an address that is not ours outside: behind this router is another. */
    DOUBLE_NAT,
    /** There is a port, and peers can reach it. */
    MAPPED
  }
}
