package io.culvert.traversal.nat;

import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.NatSightings.Mapping;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How a NAT gives ports away, as far as has been seen. A hint for what to try, never a reason not
 * to try.
 *
 * @param ports how the ports of further mappings follow
 * @param seen where sockets have been seen, the last one last
 * @param delta how far apart two successive ports are, where they are {@link Ports#SEQUENTIAL}
 */
public record NatProfile(Ports ports, List<InetSocketAddress> seen, int delta) {
  /** The port that a new destination gets, RFC 4787 §4.1 and §4.2. */
  public enum Ports {
    /** Nothing has been seen that would tell. */
    UNKNOWN,
    /** The same for all destinations of a socket. */
    INDEPENDENT,
    /** The one behind that of the mapping before. */
    SEQUENTIAL,
    /** Any, or any of a block. */
    RANDOM
  }

  /** Nobody has been seen yet. */
  public static final NatProfile UNKNOWN = new NatProfile(Ports.UNKNOWN, List.of(), 0);

  /** Ports that are farther apart are not given away in sequence. */
  private static final int LARGEST_DELTA = 64;

  /** Chance makes two ports neighbours, not three. */
  private static final int ENOUGH = 3;

  public NatProfile {
    seen = List.copyOf(seen);
    if (seen.isEmpty() != (ports == Ports.UNKNOWN)) {
      throw new IllegalArgumentException(ports + ", but seen at " + seen);
    }
  }

  /** What sightings say; a mapping of which nothing is known may well be the worst one. */
  public static NatProfile of(NatSightings sightings) {
    List<InetSocketAddress> seen = sightings.seen();
    if (seen.isEmpty()) {
      return UNKNOWN;
    }
    if (sightings.mapping() == Mapping.INDEPENDENT) {
      return new NatProfile(Ports.INDEPENDENT, seen, 0);
    }
    int delta = delta(seen);
    return new NatProfile(delta == 0 ? Ports.RANDOM : Ports.SEQUENTIAL, seen, delta);
  }

  /** Between two ports that nobody else has come between; 0 when they are not in sequence. */
  private static int delta(List<InetSocketAddress> seen) {
    int delta = 0;
    for (int i = 1; i < seen.size(); i++) {
      int step = seen.get(i).getPort() - seen.get(i - 1).getPort();
      boolean isStep = step != 0 && Math.abs(step) <= LARGEST_DELTA;
      boolean isOneAddress = seen.get(i).getAddress().equals(seen.get(i - 1).getAddress());
      if (!isStep || !isOneAddress || delta * step < 0) {
        return 0;
      }
      delta = Integer.signum(step) * greatestCommonDivisor(delta, step);
    }
    return seen.size() < ENOUGH ? 0 : delta;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).intValue();
  }

  /** Whether each destination gets a port of its own. */
  public boolean isSymmetric() {
    return ports == Ports.SEQUENTIAL || ports == Ports.RANDOM;
  }

  /** Where a socket has been seen last. */
  InetSocketAddress last() {
    return seen.getLast();
  }

  /** Which addresses the NAT has, as far as has been seen. */
  List<InetAddress> addresses() {
    return seen.stream().map(InetSocketAddress::getAddress).distinct().toList();
  }
}
