package io.culvert.lab.net;

import java.net.Inet4Address;

/** A NAT router: one leg on the internet or in the LAN of another router, one in its own LAN. */
public final class Router extends Machine {
  private final Lab lab;
  private final NatKind kind;
  private final Segment lan;
  private int life;

  Router(
      Lab lab,
      Namespace namespace,
      Cable cable,
      Inet4Address address,
      Inet4Address publicAddress,
      NatKind kind,
      Subnet subnet) {
    super(namespace, lab.processes(), cable, address, publicAddress);
    this.lab = lab;
    this.kind = kind;
    this.lan = new Segment(namespace, subnet, subnet.takeNext());
    namespace.set("ipv4/conf/all/send_redirects", "0");
    namespace.set("ipv4/conf/" + Segment.BRIDGE + "/send_redirects", "0");
    namespace.set("ipv4/ip_forward", "1");
    live();
  }

  public NatKind kind() {
    return kind;
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

  private synchronized void live() {
    life++;
    namespace().nft(NatRuleset.of(kind, address(), lan.subnet(), life));
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
    Segment outside = this.lan;
    return lab.router(name, kind, lan, outside, outside.subnet().takeNext(), publicAddress());
  }

  private Host host(String name, Inet4Address address) {
    return lab.host(name, lan, address, publicAddress());
  }

  Segment lan() {
    return lan;
  }
}
