package io.culvert.lab.sim;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is between all public networks. Each packet passes {@link #HOPS} routers in it; packets from
 * or to private addresses vanish, and are counted.
 */
public final class Internet extends Network {
  /** Enough for a packet that passes two NATs to die before the peer's. */
  public static final int HOPS = 6;

  private static final List<Prefix> IPV4 =
      Stream.of("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24").map(Prefix::parse).toList();
  private static final Prefix IPV6 = Prefix.parse("2001:db8::/64");

  private static final String NAME = "internet";
  private static final InetAddress ROUTER = InetAddress.ofLiteral("198.18.0.1");
  private static final InetAddress ROUTER_6 = InetAddress.ofLiteral("2001:db8:ffff::1");

  private final World world;
  private int lastIpv4;
  private int lastIpv6;
  private long leaks;

  Internet(World world) {
    this.world = world;
  }

  /** How many packets from or to private addresses have got here. */
  public long leaks() {
    return leaks;
  }

  @Override
  void add(Interface member) {
    member.addresses().stream()
        .filter(Prefix::isPrivate)
        .findFirst()
        .ifPresent(address -> {
          throw new IllegalArgumentException(
              address.getHostAddress() + " is private: it cannot be on the internet.");
        });
    super.add(member);
  }

  @Override
  void carry(Packet packet, Interface from) {
    if (Prefix.isPrivate(packet.source()) || Prefix.isPrivate(packet.destination())) {
      leaks++;
      world.trace().dropped(NAME, "private", packet);
      return;
    }
    Interface to = memberFor(packet.destination());
    if (packet.ttl() <= HOPS) {
      world.trace().dropped(NAME, "ttl exceeded", packet);
      if (packet instanceof Packet.Datagram datagram) {
        from.deliver(
            new Packet.IcmpError(packet.isIpv4() ? ROUTER : ROUTER_6, Icmp.TTL_EXCEEDED, datagram));
      }
    } else if (to == null) {
      world.trace().dropped(NAME, "nobody there", packet);
    } else {
      to.deliver(packet.withTtl(packet.ttl() - HOPS));
    }
  }

  @Override
  boolean isOnLink(InetAddress address) {
    return true;
  }

  @Override
  boolean leadsOut() {
    return true;
  }

  @Override
  List<InetAddress> takeAddresses() {
    return List.of(takeIpv4(), IPV6.address(++lastIpv6));
  }

  @Override
  InetAddress takeLike(InetAddress address) {
    return address instanceof Inet4Address ? takeIpv4() : IPV6.address(++lastIpv6);
  }

  InetAddress takeIpv4() {
    int hosts = 254;
    int prefix = lastIpv4 / hosts;
    if (prefix == IPV4.size()) {
      throw new IllegalStateException("Every address of the internet is taken.");
    }
    return IPV4.get(prefix).address(lastIpv4++ % hosts + 1L);
  }
}
