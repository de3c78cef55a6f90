package io.culvert.lab.sim;

import io.culvert.lab.sim.Packet.Datagram;
import io.culvert.lab.sim.Packet.IcmpError;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A router between a LAN and the internet, or the LAN of another router: it translates IPv4, and
 * may have a firewall for IPv6. Not thread-safe.
 */
public final class Router implements Node {
  private final World world;
  private final String name;
  private final Interface outside;
  private final Interface inside;
  private final Lan lan;
  private final Nat nat;
  private final Optional<Nat> firewall;

  Router(World world, String name, RouterPlan plan, Network parent) {
    this.world = world;
    this.name = name;
    List<InetAddress> outer = world.outerAddresses(parent, plan);
    this.outside = new Interface(world, this, name + "/wan", parent, outer, plan.up(), plan.down());
    this.lan = new Lan(world, name + "/lan", world.lanPrefixes(plan));
    this.inside =
        new Interface(
            world, this, name + "/lan", lan, lan.takeAddresses(), Quality.PERFECT, Quality.PERFECT);
    lan.gateway(this, inside);
    this.nat = new Nat(plan.nat(), ipv4(outer), world.simulation().random(name + " nat"));
    this.firewall =
        plan.ipv6()
            .map(rules -> new Nat(rules, List.of(), world.simulation().random(name + " ipv6")));
    lan.prefixes().stream().filter(prefix -> !prefix.isIpv4()).forEach(this::announce);
  }

  /** Connects a new host to the LAN, with the next free addresses. */
  public Host host(String hostName) {
    return host(hostName, Quality.PERFECT);
  }

  /** Connects a new host to the LAN by such a link. */
  public Host host(String hostName, Quality quality) {
    Host host = new Host(world, hostName);
    host.join(lan, quality);
    return host;
  }

  /** Connects a new host that has IPv4 only to the LAN. */
  public Host ipv4Host(String hostName, Quality quality) {
    Host host = new Host(world, hostName);
    host.join(lan, lan.takeIpv4(), quality);
    return host;
  }

  /** Connects a new router to the LAN: who is behind it is behind two. */
  public Router router(String routerName, RouterPlan plan) {
    return new Router(world, routerName, plan, lan);
  }

  public Lan lan() {
    return lan;
  }

  /** Its cable to the network outside. */
  public Link uplink() {
    return outside.link();
  }

  /** Its outer addresses of IPv4. */
  public List<InetAddress> addresses() {
    return nat.outer();
  }

  /** What the translation of IPv4 has done. */
  public NatCounts counts() {
    return nat.counts();
  }

  /** How many flows of IPv4 are in its table now. */
  public int liveFlows() {
    return nat.liveFlows(now());
  }

  /** Forgets every flow. */
  public void reboot() {
    nat.reboot(nat.outer());
    firewall.ifPresent(rules -> rules.reboot(List.of()));
  }

  /** Forgets every flow, and gets other outer addresses. */
  public void rebootWithNewAddresses() {
    outside.renumber();
    nat.reboot(ipv4(outside.addresses()));
    firewall.ifPresent(rules -> rules.reboot(List.of()));
  }

  /** Sends what is for those addresses here. */
  void announce(Prefix prefix) {
    outside.network().route(prefix, outside);
  }

  @Override
  public void receive(Packet packet, Interface at) {
    Optional<Nat> rules = packet.isIpv4() ? Optional.of(nat) : firewall;
    if (rules.isEmpty() || rules.get().behavior().blocksUdp() || nat.behavior().blocksUdp()) {
      drop("blocked", packet);
    } else if (inside.addresses().contains(packet.destination())) {
      drop("for the router", packet);
      tell(Icmp.PORT_UNREACHABLE, packet, at);
    } else if (packet.ttl() <= 1) {
      drop("ttl exceeded", packet);
      tell(Icmp.TTL_EXCEEDED, packet, at);
    } else if (at == inside) {
      leave(packet.withTtl(packet.ttl() - 1), rules.get());
    } else {
      enter(packet.withTtl(packet.ttl() - 1), rules.get());
    }
  }

  private void leave(Packet packet, Nat rules) {
    switch (packet) {
      case Datagram datagram -> {
        if (rules.outer().contains(datagram.destination())) {
          turnBack(datagram, rules);
        } else {
          rules
              .outbound(datagram, now())
              .ifPresentOrElse(outside::send, () -> drop("refused", packet));
        }
      }
      case IcmpError error ->
          rules
              .outerView(error.about(), now())
              .map(about -> new IcmpError(about.destination(), error.reason(), about, error.ttl()))
              .ifPresentOrElse(outside::send, () -> drop("unknown", packet));
    }
  }

  private void enter(Packet packet, Nat rules) {
    switch (packet) {
      case Datagram datagram ->
          rules
              .inbound(datagram, now())
              .ifPresentOrElse(inside::send, () -> refuse(datagram, rules, outside));
      case IcmpError error ->
          rules
              .innerView(error.about(), now())
              .map(about -> new IcmpError(error.source(), error.reason(), about, error.ttl()))
              .ifPresentOrElse(inside::send, () -> drop("unknown", packet));
    }
  }

  /** From inside to an outer address of our own. */
  private void turnBack(Datagram datagram, Nat rules) {
    Hairpin hairpin = rules.behavior().hairpin();
    Optional<Datagram> outer =
        hairpin == Hairpin.OFF ? Optional.empty() : rules.outbound(datagram, now());
    if (outer.isEmpty()) {
      drop("no hairpin", datagram);
      return;
    }
    rules
        .inbound(outer.get(), now())
        .map(inner -> hairpin == Hairpin.INTERNAL_SOURCE ? inner.withFrom(datagram.from()) : inner)
        .ifPresentOrElse(inside::send, () -> refuse(datagram, rules, inside));
  }

  private void refuse(Datagram datagram, Nat rules, Interface at) {
    drop("unsolicited", datagram);
    if (rules.behavior().answers()) {
      tell(Icmp.PORT_UNREACHABLE, datagram, at);
    }
  }

  private void tell(Icmp reason, Packet packet, Interface at) {
    if (packet instanceof Datagram datagram) {
      at.address(packet.isIpv4())
          .ifPresent(address -> at.send(new IcmpError(address, reason, datagram)));
    }
  }

  private Instant now() {
    return world.simulation().now();
  }

  private void drop(String why, Packet packet) {
    world.trace().dropped(name, why, packet);
  }

  private static List<InetAddress> ipv4(List<InetAddress> addresses) {
    return addresses.stream().filter(Inet4Address.class::isInstance).toList();
  }
}
