package io.culvert.traversal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a peer may be reached, as it was told us.
 *
 * @param local the address of the peer's port as the peer itself sees it
 * @param observed the same as a server on the internet sees it
 * @param relayed the peer's address at a relay of its own
 */
public record PeerAddresses(
    Optional<InetSocketAddress> local,
    Optional<InetSocketAddress> observed,
    Optional<InetSocketAddress> relayed) {

  /** A peer that has no relay. */
  public PeerAddresses(Optional<InetSocketAddress> local, Optional<InetSocketAddress> observed) {
    this(local, observed, Optional.empty());
  }

  /** Both are known. */
  public static PeerAddresses of(InetSocketAddress local, InetSocketAddress observed) {
    return new PeerAddresses(Optional.of(local), Optional.of(observed));
  }

  /** Those of IPv4 only, for sockets that know no other. */
  public PeerAddresses ofIpv4() {
    return new PeerAddresses(
        local.filter(PeerAddresses::isIpv4),
        observed.filter(PeerAddresses::isIpv4),
        relayed.filter(PeerAddresses::isIpv4));
  }

  private static boolean isIpv4(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }

  /**
   * The addresses that are worth trying; one that is both has one path. Left out are those that
   * cannot be a peer's.
   */
  public Map<Path, InetSocketAddress> targets() {
    Map<Path, InetSocketAddress> targets = new EnumMap<>(Path.class);
    local.filter(this::canBeAPeers).ifPresent(to -> targets.put(pathTo(to), to));
    observed.filter(this::canBeAPeers).ifPresent(to -> targets.putIfAbsent(pathTo(to), to));
    relayed.filter(this::canBeAPeers).ifPresent(to -> targets.put(Path.RELAY, to));
    return targets;
  }

  /** The addresses that a relay of ours can send to. */
  public Set<InetSocketAddress> fromAfar() {
    return Stream.of(observed, relayed)
        .flatMap(Optional::stream)
        .filter(this::canBeAPeers)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * The path of what comes from that address. The port says little here: the peer's NAT may have
   * chosen another one towards us.
   */
  public Path pathFrom(InetSocketAddress remote) {
    if (relayed.filter(remote::equals).isPresent()) {
      return Path.RELAY;
    }
    return local
        .filter(to -> to.getAddress().equals(remote.getAddress()))
        .map(this::pathTo)
        .orElse(Path.PUBLIC);
  }

  /** Whether the peer's NAT has kept the number of its port, as far as we know. */
  public boolean samePort() {
    return local.isEmpty()
        || observed.isEmpty()
        || local.get().getPort() == observed.get().getPort();
  }

  /** A peer without a NAT has one address for both; it is public when the world can use it. */
  private Path pathTo(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    boolean withinOneNetwork =
        ip.isSiteLocalAddress() || ip.isLoopbackAddress() || ip.isLinkLocalAddress();
    boolean isLocal = local.filter(address::equals).isPresent();
    boolean isObserved = observed.filter(address::equals).isPresent();
    return isObserved && !(isLocal && withinOneNetwork) ? Path.PUBLIC : Path.LOCAL;
  }

  private boolean canBeAPeers(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    boolean reserved = ip instanceof Inet4Address && (ip.getAddress()[0] & 0xF0) == 0xF0;
    // Nobody may send us to the services of our own machine, unless that is where everybody is.
    boolean ourselves =
        ip.isLoopbackAddress()
            && observed.filter(from -> !from.getAddress().isLoopbackAddress()).isPresent();
    return address.getPort() != 0
        && !ip.isAnyLocalAddress()
        && !ip.isMulticastAddress()
        && !reserved
        && !ourselves;
  }
}
