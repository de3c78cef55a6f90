package io.culvert.lab.sim;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network behind a router, whose hosts reach each other without it: at home, or that of an
 * operator who translates addresses. Without a router it is one of those that lead nowhere, of
 * which a machine with containers has many.
 */
public final class Lan extends Network {
  private final World world;
  private final String name;
  private final List<Prefix> prefixes;
  private final Map<Prefix, Long> taken = new HashMap<>();
  private @Nullable Router router;
  private @Nullable Interface gateway;

  Lan(World world, String name, List<Prefix> prefixes) {
    this.world = world;
    this.name = name;
    this.prefixes = List.copyOf(prefixes);
  }

  public List<Prefix> prefixes() {
    return prefixes;
  }

  void gateway(Router itsRouter, Interface itsInterface) {
    router = itsRouter;
    gateway = itsInterface;
  }

  @Override
  void carry(Packet packet, Interface from) {
    Interface to = memberFor(packet.destination());
    if (to == null && !isOnLink(packet.destination()) && from != gateway) {
      to = gateway;
    }
    if (to == null) {
      world.trace().dropped(name, "nobody there", packet);
    } else {
      to.deliver(packet);
    }
  }

  @Override
  void route(Prefix prefix, Interface member) {
    super.route(prefix, member);
    if (router != null) {
      router.announce(prefix);
    }
  }

  @Override
  boolean isOnLink(InetAddress address) {
    return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
  }

  @Override
  boolean leadsOut() {
    return gateway != null;
  }

  @Override
  List<InetAddress> takeAddresses() {
    return prefixes.stream().map(this::take).toList();
  }

  @Override
  InetAddress takeLike(InetAddress address) {
    return prefixes.stream()
        .filter(prefix -> prefix.isIpv4() == address instanceof Inet4Address)
        .findFirst()
        .map(this::take)
        .orElseThrow();
  }

  /** New addresses of IPv4 only. */
  List<InetAddress> takeIpv4() {
    return prefixes.stream().filter(Prefix::isIpv4).map(this::take).toList();
  }

  private InetAddress take(Prefix prefix) {
    InetAddress address;
    do {
      address = prefix.address(taken.merge(prefix, 1L, Long::sum));
    } while (isTaken(address));
    if (!prefix.contains(address)) {
      throw new IllegalStateException("Every address of " + prefix + " is taken.");
    }
    return address;
  }
}
