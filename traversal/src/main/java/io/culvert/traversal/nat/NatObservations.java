package io.culvert.traversal.nat;

import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.NatSightings.Mapping;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where others have seen sockets of ours: the usual one, from several places, and fresh ones from
 * one place. The former says whether destinations get ports of their own, the latter how these
 * follow each other. Not thread-safe.
 */
public final class NatObservations {
  /** A socket that has been seen: by its own port, and from outside. */
  public record Sighting(int port, InetSocketAddress mapped) {
    boolean isPreserved() {
      return port == mapped.getPort();
    }
  }

  private final int port;
  private final Map<InetSocketAddress, InetSocketAddress> usual = new LinkedHashMap<>();
  private List<Sighting> fresh = List.of();

  /**
   * Nothing has been seen yet.
   *
   * @param port the usual socket's own
   */
  public NatObservations(int port) {
    this.port = port;
  }

  /**
   * A server has seen the usual socket.
   *
   * @return whether it has seen it elsewhere before: then the NAT has forgotten everything, or is
   *     another one, and so is forgotten what was known of it
   */
  public boolean usual(InetSocketAddress by, InetSocketAddress mapped) {
    InetSocketAddress before = usual.put(by, mapped);
    boolean hasMoved = before != null && !before.equals(mapped);
    if (hasMoved) {
      usual.keySet().removeIf(place -> !place.equals(by));
      fresh = List.of();
    }
    return hasMoved;
  }

  /** Where that server has seen the usual socket last. */
  public Optional<InetSocketAddress> usual(InetSocketAddress by) {
    return Optional.ofNullable(usual.get(by));
  }

  /** Fresh sockets have been seen, all by the same, in the order in which they were opened. */
  public void fresh(List<Sighting> sightings) {
    fresh = sightings.stream().filter(each -> isIpv4(each.mapped())).toList();
  }

  /**
   * What all that says.
   *
   * @param byPeer where a peer says to have seen the usual socket; nobody else is to believe it
   */
  public NatSightings sightings(Collection<InetSocketAddress> byPeer) {
    List<InetSocketAddress> ofUsual =
        Stream.concat(usual.values().stream(), byPeer.stream())
            .filter(NatObservations::isIpv4)
            .toList();
    Mapping mapping = mapping(ofUsual);
    List<InetSocketAddress> seen =
        fresh.isEmpty() || mapping == Mapping.INDEPENDENT
            ? ofUsual
            : fresh.stream().map(Sighting::mapped).toList();
    return new NatSightings(mapping, seen.stream().distinct().limit(NatSightings.MOST).toList());
  }

  private Mapping mapping(List<InetSocketAddress> ofUsual) {
    if (ofUsual.stream().distinct().count() > 1) {
      return Mapping.DEPENDENT;
    }
    // Who gives ports away by destination cannot keep them all.
    boolean isPreserved =
        ofUsual.stream().allMatch(mapped -> mapped.getPort() == port)
            && fresh.stream().allMatch(Sighting::isPreserved);
    return ofUsual.size() > 1 || (ofUsual.size() == 1 && isPreserved)
        ? Mapping.INDEPENDENT
        : Mapping.UNKNOWN;
  }

  private static boolean isIpv4(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }
}
