package io.culvert.lab.net;

import io.culvert.lab.net.NatKind.Ipv6;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.List;

/** A NAT router: one leg on the internet or in the LAN of another router, one in its own LAN. */
public final class Router extends Machine {
  private final Lab lab;
  private final NatKind kind;
  private final Segment lan;
  private int life;

  Router(Lab lab, Namespace namespace, Interface wan, NatKind kind, Subnet subnet, Prefix prefix) {
    super(namespace, lab.processes(), wan);
    this.lab = lab;
    this.kind = kind;
    this.lan = new Segment(namespace, subnet, subnet.takeNext(), prefix, wan);
    namespace.set("ipv4/conf/all/send_redirects", "0");
    namespace.set("ipv4/conf/" + Segment.BRIDGE + "/send_redirects", "0");
    namespace.set("ipv4/ip_forward", "1");
    if (kind.ipv6() != Ipv6.NONE) {
      lan.speakIpv6(kind.ipv6() == Ipv6.TRANSLATED ? prefix.translated() : prefix);
    }
    live();
    kind.udpTimeout().ifPresent(this::forgetAfter);
  }

  private void forgetAfter(Duration idle) {
    String seconds = Long.toString(idle.toSeconds());
    namespace().set("netfilter/nf_conntrack_udp_timeout", seconds);
    namespace().set("netfilter/nf_conntrack_udp_timeout_stream", seconds);
  }

  public NatKind kind() {
    return kind;
  }

  /** The addresses that hosts in the LAN get on the outer side, one or a pool of them. */
  public List<Inet4Address> outerAddresses() {
    return firstInterface().addresses();
  }

  /**
   * Forgets every mapping and connection at once, as a reboot does that takes no time: what comes
   * from outside is unsolicited until a host behind the router sends again. That gets the mapping
   * that a new router would give it: the same port where ports are preserved, another one where
   * they are random, the first of the sequence where they are sequential.
   *
   * @throws LabException when the system refuses, or the lab is closed
   */
  public void reboot() {
    live();
  }

  /** The same, and comes back with other IPv4 addresses on its outer side. */
  public void rebootWithNewAddress() {
    firstInterface().renew();
    live();
  }

  private synchronized void live() {
    life++;
    namespace().nft(NatRuleset.of(kind, outerAddresses(), lan.subnet(), lan.prefix(), life));
  }

  /** The LAN, to connect further interfaces to it. */
  public Segment lan() {
    return lan;
  }

  /** Connects a new host to the LAN, with the lowest free address. */
  public Host host(String name) {
    return host(name, lan.subnet().takeNext());
  }

  /** Connects a new host to the LAN, with an address of its own choice. */
  public Host host(String name, String address) {
    return host(name, lan.subnet().take(Inet4Address.ofLiteral(address)));
  }

  /** Connects a new router to the LAN: who is behind it is behind two. */
  public Router router(String name, NatKind kind) {
    return router(name, kind, lab.nextLan());
  }

  /** The same with a LAN of its own choice; several may have the same. */
  public Router router(String name, NatKind kind, String lan) {
    return lab.router(name, kind, lan, this.lan);
  }

  private Host host(String name, Inet4Address address) {
    return lab.host(name, lan, address);
  }
}
