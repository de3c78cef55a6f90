package io.culvert.lab.net;

import java.net.Inet4Address;

/**
 * An Ethernet with one subnet: a bridge in the namespace that carries it, and a cable (veth) from
 * there to each machine. Not thread-safe.
 */
final class Segment {
  static final String BRIDGE = "lan";

  /** One group of interfaces, because the kernel deletes a group as fast as a single one. */
  private static final int CABLES = 1;

  private final Namespace carrier;
  private final Subnet subnet;
  private final Inet4Address gateway;
  private int cables;

  /** Lays the Ethernet; the carrier itself is on it as the gateway. */
  Segment(Namespace carrier, Subnet subnet, Inet4Address gateway) {
    this.carrier = carrier;
    this.subnet = subnet;
    this.gateway = gateway;
    // Frames between neighbours are no business of the router's firewall.
    carrier.setIfPresent("bridge/bridge-nf-call-iptables", "0");
    carrier.ip(
        "link set lo up",
        "link add " + BRIDGE + " type bridge",
        "address add " + withLength(gateway) + " dev " + BRIDGE,
        "link set " + BRIDGE + " up");
  }

  Subnet subnet() {
    return subnet;
  }

  /** Connects a machine: an interface with an address of the subnet and the default route. */
  Cable attach(Namespace machine, String device, Inet4Address address) {
    String port = "port" + cables;
    carrier.ip(
        "link add %s type veth peer name %s netns %s".formatted(port, device, machine.path()),
        "link set " + port + " master " + BRIDGE + " group " + CABLES + " up");
    cables++;
    machine.ip(
        "link set lo up",
        "address add " + withLength(address) + " dev " + device,
        "link set " + device + " up",
        "route add default via " + gateway.getHostAddress());
    return new Cable(carrier, port, machine, device);
  }

  /** Pulls all cables, so that nothing moves even where a thread keeps a namespace alive. */
  void detach() {
    if (cables > 0) {
      carrier.ip("link delete group " + CABLES);
      cables = 0;
    }
  }

  private String withLength(Inet4Address address) {
    return address.getHostAddress() + "/" + subnet.length();
  }
}
