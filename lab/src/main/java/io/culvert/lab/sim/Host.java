package io.culvert.lab.sim;

import io.culvert.lab.sim.Packet.Datagram;
import io.culvert.lab.sim.Packet.IcmpError;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A machine with sockets. Of its interfaces the first one that leads to a destination is used; it
 * may join and leave networks at any time, and its sockets stay. Not thread-safe.
 */
public final class Host implements Node {
  private static final int FIRST_EPHEMERAL = 32768;
  private static final int LAST_EPHEMERAL = 60999;

  private final World world;
  private final String name;
  private final SplittableRandom random;
  private final List<Interface> interfaces = new ArrayList<>();
  private final Map<InetSocketAddress, SimSocket> sockets = new LinkedHashMap<>();
  private Optional<Nat> firewall = Optional.empty();
  private int joined;

  Host(World world, String name) {
    this.world = world;
    this.name = name;
    this.random = world.simulation().random(name);
  }

  public String name() {
    return name;
  }

  /** The network it uses for what is on none of its networks is the first one that leads out. */
  public Interface join(Network network, Quality quality) {
    return join(network, network.takeAddresses(), quality);
  }

  Interface join(Network network, List<InetAddress> addresses, Quality quality) {
    Interface joining =
        new Interface(world, this, name + "/eth" + joined++, network, addresses, quality, quality);
    interfaces.add(joining);
    return joining;
  }

  /** Unplugs it; what is under way to it does not arrive. */
  public void leave(Interface leaving) {
    leaving.link().cut();
    leaving.network().remove(leaving);
    interfaces.remove(leaving);
  }

  /** Turns on a stateful firewall of its own: only what it has sent to gets in. */
  public void turnOnFirewall() {
    firewall =
        Optional.of(
            new Nat(
                NatBehavior.STATEFUL_FIREWALL,
                List.of(),
                world.simulation().random(name + " firewall")));
  }

  /** Uses that interface before all others. */
  public void prefer(Interface preferred) {
    if (interfaces.remove(preferred)) {
      interfaces.addFirst(preferred);
    }
  }

  /** In the order of preference. */
  public List<Interface> interfaces() {
    return List.copyOf(interfaces);
  }

  /** Of all interfaces. */
  public List<InetAddress> addresses() {
    return interfaces.stream().flatMap(each -> each.addresses().stream()).toList();
  }

  /** A socket on a free port, for all addresses of both families. */
  public SimSocket bind() {
    int port;
    do {
      port = random.nextInt(FIRST_EPHEMERAL, LAST_EPHEMERAL + 1);
    } while (isTaken(port));
    return bind(port);
  }

  /** A socket on that port, for all addresses of both families. */
  public SimSocket bind(int port) {
    return bind(SimSocket.ANY, port);
  }

  /**
   * A socket for one address only.
   *
   * @throws IllegalArgumentException when there is one already
   */
  public SimSocket bind(InetAddress address, int port) {
    SimSocket socket = new SimSocket(this, address, port);
    if (sockets.putIfAbsent(socket.localAddress(), socket) != null) {
      throw new IllegalArgumentException(
          "Port " + port + " of " + name + " is taken: choose another one.");
    }
    return socket;
  }

  void close(SimSocket socket) {
    sockets.remove(socket.localAddress(), socket);
  }

  /** Sends it; false when there is no way to that address. */
  boolean send(SimSocket socket, byte[] payload, InetSocketAddress to, int ttl) {
    InetAddress destination = to.getAddress();
    if (addresses().contains(destination)) {
      InetAddress source = socket.isWildcard() ? destination : socket.address();
      Datagram datagram = datagram(source, socket, to, ttl, payload);
      world.simulation().schedule(world.now(), () -> receive(datagram));
      return true;
    }
    boolean ipv4 = destination instanceof Inet4Address;
    Interface via = socket.isWildcard() ? wayTo(destination) : owner(socket.address());
    Optional<InetAddress> source =
        via == null
            ? Optional.empty()
            : socket.isWildcard() ? via.address(ipv4) : Optional.of(socket.address());
    if (via == null || source.filter(a -> a instanceof Inet4Address == ipv4).isEmpty()) {
      return false;
    }
    Datagram datagram = datagram(source.get(), socket, to, ttl, payload);
    firewall.ifPresent(rules -> rules.outbound(datagram, world.now()));
    via.send(datagram);
    return true;
  }

  @Override
  public void receive(Packet packet, Interface at) {
    switch (packet) {
      case Datagram datagram -> {
        if (firewall.isPresent() && firewall.get().inbound(datagram, world.now()).isEmpty()) {
          world.trace().dropped(name, "unsolicited", packet);
        } else if (!receive(datagram)) {
          world.trace().dropped(name, "port unreachable", packet);
          at.send(new IcmpError(packet.destination(), Icmp.PORT_UNREACHABLE, datagram));
        }
      }
      case IcmpError error -> {
        SimSocket socket = socketAt(error.about().from());
        if (socket != null) {
          socket.failed(error.reason(), error.about().to());
        }
      }
    }
  }

  private boolean receive(Datagram datagram) {
    SimSocket socket = socketAt(datagram.to());
    if (socket != null) {
      socket.received(datagram.payload(), datagram.from());
    }
    return socket != null;
  }

  private static Datagram datagram(
      InetAddress source, SimSocket socket, InetSocketAddress to, int ttl, byte[] payload) {
    return new Datagram(new InetSocketAddress(source, socket.port()), to, ttl, payload.clone());
  }

  private @Nullable Interface wayTo(InetAddress destination) {
    boolean ipv4 = destination instanceof Inet4Address;
    List<Interface> ofFamily =
        interfaces.stream().filter(each -> each.address(ipv4).isPresent()).toList();
    return ofFamily.stream()
        .filter(each -> !(each.network() instanceof Internet))
        .filter(each -> each.network().isOnLink(destination))
        .findFirst()
        .or(() -> ofFamily.stream().filter(each -> each.network().leadsOut()).findFirst())
        .orElse(null);
  }

  private @Nullable Interface owner(InetAddress address) {
    return interfaces.stream()
        .filter(each -> each.addresses().contains(address))
        .findFirst()
        .orElse(null);
  }

  private @Nullable SimSocket socketAt(InetSocketAddress local) {
    SimSocket socket = sockets.get(local);
    return socket != null
        ? socket
        : sockets.get(new InetSocketAddress(SimSocket.ANY, local.getPort()));
  }

  private boolean isTaken(int port) {
    return sockets.keySet().stream().anyMatch(local -> local.getPort() == port);
  }
}
