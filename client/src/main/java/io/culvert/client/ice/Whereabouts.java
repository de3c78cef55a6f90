package io.culvert.client.ice;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.portmap.PortMapper.Ports;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.portmap.Finding;
import io.culvert.wire.ice.IceCandidate;
import io.netty.channel.EventLoop;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * At which addresses a peer's sockets can be reached: those of the machine, where the Internet sees
 * them, what the router lets in and what a relay has lent. Confined to the event loop.
 */
final class Whereabouts {
  private static final InetAddress BROADCAST = InetAddress.ofLiteral("255.255.255.255");

  private final PeerSockets sockets;
  private final LocalCandidates candidates;
  private final RouterPort router;
  private List<InetSocketAddress> stunServers = List.of();
  private final Map<Base, InetSocketAddress> seenAt = new HashMap<>();
  private Runnable whenMoved = () -> {};
  private Runnable whenRouterReboots = () -> {};

  /**
   * None is known yet.
   *
   * @param found told of each that comes
   */
  Whereabouts(EventLoop loop, PeerSockets sockets, Consumer<IceCandidate> found) {
    this.sockets = sockets;
    this.candidates = new LocalCandidates(found);
    this.router = new RouterPort(loop, new RouterEvents());
  }

  /** The sockets are open, and these servers are what the Internet is known by. */
  void begin(List<InetSocketAddress> servers) {
    stunServers = List.copyOf(servers);
    lookAround();
  }

  /** Has the router asked, on that loop, to let peers in. */
  void askRouter(ClientLoop asking) {
    router.begin(asking, new Ports(sockets.number(Bases.IPV4), sockets.number(Bases.IPV6)));
    router.seen(outside());
  }

  /** What has come of asking the router, the best way first. */
  List<Finding> routerFindings() {
    return router.findings();
  }

  /** Has that run when the router has begun anew. */
  void whenRouterReboots(Runnable task) {
    whenRouterReboots = task;
  }

  /** Has that run when we are seen at another address than before. */
  void whenMoved(Runnable task) {
    whenMoved = task;
  }

  /** All that are known so far. */
  List<IceCandidate> candidates() {
    return candidates.all();
  }

  /** The addresses of this machine, the likeliest first. */
  List<InetAddress> hosts() {
    return candidates.hosts().toList();
  }

  /**
   * Whether a peer may be there. Nobody may send us to the services of our own machine, unless that
   * is where all are, nor to many at once.
   */
  boolean mayBePeers(InetSocketAddress address) {
    return mayBePeers(address.getAddress(), allAreOnThisMachine());
  }

  /** Whether the server is on this machine, or there is no network. */
  boolean allAreOnThisMachine() {
    return Stream.concat(
            stunServers.stream().map(InetSocketAddress::getAddress), candidates.hosts())
        .anyMatch(InetAddress::isLoopbackAddress);
  }

  static boolean mayBePeers(InetAddress ip, boolean allAreOnThisMachine) {
    return !ip.isAnyLocalAddress()
        && !ip.isMulticastAddress()
        && !ip.equals(BROADCAST)
        && (allAreOnThisMachine || !ip.isLoopbackAddress());
  }

  /** Who may be asked where we are seen. */
  List<InetSocketAddress> stunServers() {
    return stunServers;
  }

  /** Interfaces come and go. */
  void lookAround() {
    Predicate<InetAddress> outward =
        stunServers.stream()
                .flatMap(to -> DatagramSockets.localAddressTowards(to).stream())
                .collect(Collectors.toSet())
            ::contains;
    Set<InetSocketAddress> now = new LinkedHashSet<>();
    for (InetAddress address : HostAddresses.now(outward)) {
      int port = sockets.number(PeerSockets.towards(address));
      if (port != 0) {
        now.add(new InetSocketAddress(address, port));
      }
    }
    candidates.hosts(now);
  }

  /** The router may be another one, or may have forgotten us. */
  void networkChanged() {
    lookAround();
    router.networkChanged();
  }

  /**
   * There is one such address of a socket at a time, beside what the router keeps open. A router
   * that has been told by others to pass our port on does so under that number, whatever the port
   * is that it gives to what we send.
   */
  void seenAt(Base socket, InetSocketAddress address) {
    InetSocketAddress before = seenAt.put(socket, address);
    Set<InetSocketAddress> all = new LinkedHashSet<>();
    seenAt.forEach((from, seen) -> {
      all.add(seen);
      all.add(new InetSocketAddress(seen.getAddress(), sockets.number(from)));
    });
    candidates.forgetReflexive(known -> !router.keeps(known) && !all.contains(known));
    all.forEach(candidates::reflexive);
    router.seen(outside());
    if (before != null && !before.equals(address)) {
      router.networkChanged(); // at another port it may be the same router, which has forgotten us
      whenMoved.run();
    }
  }

  /** Where the Internet sees us, which with IPv6 is where we are: it is hardly ever translated. */
  private Set<InetAddress> outside() {
    Set<InetAddress> addresses = new HashSet<>();
    seenAt.values().forEach(seen -> addresses.add(seen.getAddress()));
    candidates.hosts().filter(Inet6Address.class::isInstance).forEach(addresses::add);
    return addresses;
  }

  /** There are addresses at a relay, instead of any others. */
  void relayedAt(List<InetSocketAddress> addresses) {
    candidates.relayed(addresses);
  }

  /** There are none any more. */
  void relayLost() {
    candidates.forgetRelayed();
  }

  /**
   * The router shall have its port back.
   *
   * @return completes when it has, after two seconds at most, on any thread
   */
  CompletableFuture<Void> close() {
    return router.close();
  }

  private final class RouterEvents implements RouterPort.Observer {
    @Override
    public void opened(InetSocketAddress external) {
      candidates.reflexive(external);
    }

    @Override
    public void closed(InetSocketAddress external) {
      candidates.forgetReflexive(known -> known.equals(external) && !seenAt.containsValue(known));
    }

    @Override
    public void rebooted() {
      whenRouterReboots.run();
    }
  }
}
