package io.culvert.client.ice;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.portmap.PortMapper.Ports;
import io.culvert.traversal.portmap.Finding;
import io.culvert.wire.ice.IceCandidate;
import io.netty.channel.EventLoop;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * At which addresses a peer's sockets can be reached: those of the machine, where the Internet sees
 * them, what the router lets in and what a relay has lent. Confined to the event loop.
 */
final class Whereabouts {
  private final PeerSockets sockets;
  private final LocalCandidates candidates;
  private final RouterPort router;
  private List<InetSocketAddress> stunServers = List.of();
  private @Nullable InetSocketAddress seenAt;
  private Runnable whenMoved = () -> {};

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

  /** Has that run when we are seen at another address than before. */
  void whenMoved(Runnable task) {
    whenMoved = task;
  }

  /** All that are known so far. */
  List<IceCandidate> candidates() {
    return candidates.all();
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

  /**
   * There is one such address at a time, beside what the router keeps open. A router that has been
   * told by others to pass our port on does so under that number, whatever the port is that it
   * gives to what we send.
   */
  void seenAt(InetSocketAddress address) {
    boolean hasMoved = seenAt != null && !seenAt.equals(address);
    seenAt = address;
    candidates.forgetReflexive(known -> !router.keeps(known));
    candidates.reflexive(address);
    int port = sockets.number(PeerSockets.towards(address.getAddress()));
    if (port != 0 && port != address.getPort()) {
      candidates.reflexive(new InetSocketAddress(address.getAddress(), port));
    }
    router.seen(outside());
    if (hasMoved) {
      whenMoved.run();
    }
  }

  /** Where the Internet sees us, which with IPv6 is where we are: it is not translated. */
  private Set<InetAddress> outside() {
    Set<InetAddress> addresses = new HashSet<>();
    if (seenAt != null) {
      addresses.add(seenAt.getAddress());
    }
    candidates.hosts().filter(Inet6Address.class::isInstance).forEach(addresses::add);
    return addresses;
  }

  /** There is an address at a relay, instead of any other. */
  void relayedAt(InetSocketAddress address) {
    candidates.relayed(address);
  }

  /** There is none any more. */
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
      candidates.forgetReflexive(known -> known.equals(external) && !known.equals(seenAt));
    }
  }
}
