package io.culvert.client.portmap;

import io.culvert.client.net.ClientLoop;
import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Gateway;
import io.culvert.traversal.portmap.Mapping;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.PortProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Asks the router in front of this machine to let peers reach a port of ours, and keeps it until it
 * is closed. Nothing waits for it: what it finds out, it tells.
 *
 * <p>The routers are the default gateways of IPv4 (PCP, NAT-PMP, UPnP IGD) and IPv6 (PCP), as Linux
 * knows them; on another system there is nobody to ask. A mapping is only told when a STUN server
 * has seen us at its address: see {@link #seen}.
 *
 * <p>All methods but {@link #findings} are called on the client's event loop, and so is the
 * observer.
 *
 * <pre>{@code
 * PortMapper mapper =
 *     PortMapper.open(loop, Ports.both(port), Set.of(PortProtocol.UDP), observer);
 * mapper.seen(Set.of(reflexive.getAddress())); // and observer.opened(mapping) may follow
 * …
 * mapper.close();
 * }</pre>
 */
public final class PortMapper {
  /** Who is told what peers can use. */
  public interface Observer {
    /** Peers reach us there. */
    void opened(Mapping mapping);

    /** They do not any more. */
    void closed(Mapping mapping);

    /** A router has begun anew: what it did for us by itself is forgotten, too. */
    void rebooted();
  }

  /** Where this machine listens, on all its addresses of a family; 0 where it does not. */
  public record Ports(int ipv4, int ipv6) {
    /** The same for both families. */
    public static Ports both(int port) {
      return new Ports(port, port);
    }

    int towards(Gateway gateway) {
      return gateway.client() instanceof Inet4Address ? ipv4 : ipv6;
    }
  }

  private final ClientLoop loop;
  private final Supplier<List<Gateway>> gateways;
  private final Ports ports;
  private final Set<PortProtocol> protocols;
  private final Observer observer;
  private final List<GatewayClient> clients = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private Set<InetAddress> seen = Set.of();
  private boolean closing;

  private PortMapper(
      ClientLoop loop,
      Supplier<List<Gateway>> gateways,
      Ports ports,
      Set<PortProtocol> protocols,
      Observer observer) {
    this.loop = loop;
    this.gateways = gateways;
    this.ports = ports;
    this.protocols = Set.copyOf(protocols);
    this.observer = observer;
  }

  /**
   * Asks from now on.
   *
   * @param protocols UDP, and TCP as well where that is listened at
   */
  public static PortMapper open(
      ClientLoop loop, Ports ports, Set<PortProtocol> protocols, Observer observer) {
    return open(loop, DefaultGateways::find, ports, protocols, observer);
  }

  /** Asks those gateways; they are looked up again when the network changes. */
  static PortMapper open(
      ClientLoop loop,
      Supplier<List<Gateway>> gateways,
      Ports ports,
      Set<PortProtocol> protocols,
      Observer observer) {
    PortMapper mapper = new PortMapper(loop, gateways, ports, protocols, observer);
    mapper.networkChanged();
    return mapper;
  }

  /**
   * From which addresses STUN servers see the port, of both families; all that are known, whenever
   * they change.
   */
  public void seen(Set<InetAddress> addresses) {
    seen = Set.copyOf(addresses);
    clients.forEach(client -> client.tell(new Event.Seen(seenTowards(client.gateway()))));
  }

  /** Of the other family an address says nothing about what a router does with ports of this. */
  private Set<InetAddress> seenTowards(Gateway gateway) {
    return seen.stream()
        .filter(address -> address.getClass() == gateway.client().getClass())
        .collect(Collectors.toSet());
  }

  /**
   * There may be other routers now: who is not there any more is left, who is new is asked, and who
   * seems to be the same is asked whether it still knows us.
   */
  public void networkChanged() {
    if (closing) {
      return;
    }
    List<Gateway> now =
        gateways.get().stream().filter(gateway -> ports.towards(gateway) != 0).toList();
    for (GatewayClient client : clients) {
      if (now.contains(client.gateway())) {
        client.tell(new Event.Doubted());
      } else {
        client.close();
      }
    }
    for (Gateway gateway : now) {
      if (clients.stream().noneMatch(client -> client.gateway().equals(gateway))) {
        begin(gateway);
      }
    }
  }

  private void begin(Gateway gateway) {
    GatewayClient client =
        new GatewayClient(loop, gateway, ports.towards(gateway), protocols, observer, this::ended);
    clients.add(client);
    client.begin(() -> seenTowards(gateway));
  }

  /**
   * What has come of it, router by router, the best way first: why there is a mapping or none. Any
   * thread may ask.
   */
  public List<Finding> findings() {
    return clients.stream().flatMap(client -> client.findings().stream()).toList();
  }

  /**
   * Gives back what it has.
   *
   * @return completes, on the loop, when that is done or two seconds have not been enough; the loop
   *     must live until then
   */
  public CompletableFuture<Void> close() {
    if (!closing) {
      closing = true;
      clients.forEach(GatewayClient::close);
      completeWhenGone();
    }
    return closed;
  }

  private void ended(GatewayClient client) {
    clients.remove(client);
    completeWhenGone();
    if (client.isLeft()) {
      networkChanged(); // its router may have come back meanwhile
    }
  }

  private void completeWhenGone() {
    if (closing && clients.isEmpty()) {
      closed.complete(null);
    }
  }
}
