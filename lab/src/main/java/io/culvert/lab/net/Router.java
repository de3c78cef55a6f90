package io.culvert.lab.net;

import java.net.Inet4Address;

/** A NAT router: one leg on the internet, one in a LAN of its own. */
public final class Router extends Machine {
  private final Lab lab;
  private final NatKind kind;
  private final Segment lan;

  Router(Lab lab, Namespace namespace, Inet4Address address, NatKind kind, Subnet subnet) {
    super(namespace, lab.processes(), address);
    this.lab = lab;
    this.kind = kind;
    this.lan = new Segment(namespace, subnet, subnet.takeNext());
    namespace.set("ipv4/conf/all/send_redirects", "0");
    namespace.set("ipv4/conf/" + Segment.BRIDGE + "/send_redirects", "0");
    namespace.set("ipv4/ip_forward", "1");
    namespace.nft(NatRuleset.of(kind, address, subnet));
  }

  public NatKind kind() {
    return kind;
  }

  /** Connects a new host to the LAN, with the lowest free address. */
  public Host host(String name) {
    return lab.host(name, lan, lan.subnet().takeNext(), address());
  }

  /** Connects a new host to the LAN, with an address of its own choice. */
  public Host host(String name, String address) {
    return lab.host(name, lan, lan.subnet().take(Inet4Address.ofLiteral(address)), address());
  }

  Segment lan() {
    return lan;
  }
}
