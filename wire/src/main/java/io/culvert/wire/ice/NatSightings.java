package io.culvert.wire.ice;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where sockets of a peer have been seen from outside: what its NAT does, for those who guess where
 * it puts the next one.
 *
 * @param mapping whether one socket has been seen at one address only
 * @param seen where: the usual socket when that is all there is to know, else fresh ones in the
 *     order in which they were opened; addresses of IPv4, at most 8
 */
public record NatSightings(Mapping mapping, List<InetSocketAddress> seen) {
  /** How many addresses there may be. */
  public static final int MOST = 8;

  /** Nothing is known. */
  public static final NatSightings NONE = new NatSightings(Mapping.UNKNOWN, List.of());

  /** RFC 4787 §4.1. */
  public enum Mapping {
    /** Nothing has been seen that would tell. */
    UNKNOWN,
    /** A socket has the same address for all destinations. */
    INDEPENDENT,
    /** It has another one for other destinations. */
    DEPENDENT
  }

  public NatSightings {
    seen = List.copyOf(seen);
    if (!areSightings(seen)) {
      throw new IllegalArgumentException("too many addresses, or none of IPv4: " + seen);
    }
  }

  private static boolean areSightings(List<InetSocketAddress> seen) {
    return seen.size() <= MOST
        && seen.stream().allMatch(at -> at.getAddress() instanceof Inet4Address);
  }
}
