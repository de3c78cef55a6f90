package io.culvert.lab.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet with one IPv4 subnet, and one of IPv6 if need be: the internet of a {@link Lab}, or
 * the LAN of a {@link Router}. It is a bridge in the namespace that carries it, and a cable (veth)
 * from there to each machine. Safe for use by several threads.
 */
public final class Segment {
  static final String BRIDGE = "lan";

  /** One group of interfaces, because the kernel deletes a group as fast as a single one. */
  static final int CABLES = 1;

  private final Namespace carrier;
  private final Subnet subnet;
  private final Inet4Address gateway;
  private final Prefix prefix;
  private final @Nullable Interface uplink;
  private final List<Cable> cables = new ArrayList<>();
  private int cablesEver;
  private boolean speaksIpv6;

  /**
   * Lays the Ethernet; the carrier itself is on it as the gateway.
   *
   * @param prefix for IPv6, which it does not speak yet
   * @param uplink the carrier's way to the internet; null on the internet itself
   */
  Segment(
      Namespace carrier,
      Subnet subnet,
      Inet4Address gateway,
      Prefix prefix,
      @Nullable Interface uplink) {
    this.carrier = carrier;
    this.subnet = subnet;
    this.gateway = gateway;
    this.prefix = prefix;
    this.uplink = uplink;
    // Frames between neighbours are no business of the router's firewall.
    carrier.setIfPresent("bridge/bridge-nf-call-iptables", "0");
    carrier.setIfPresent("bridge/bridge-nf-call-ip6tables", "0");
    carrier.ip(
        "link set lo up",
        // With an address of its own: or else it has that of some port, and loses it with that.
        "link add " + BRIDGE + " address " + hardwareAddress() + " type bridge",
        "address add " + withLength(gateway) + " dev " + BRIDGE,
        "link set " + BRIDGE + " up");
  }

  @Override
  public String toString() {
    return subnet.toString();
  }

  Subnet subnet() {
    return subnet;
  }

  Inet4Address gateway() {
    return gateway;
  }

  Prefix prefix() {
    return prefix;
  }

  Inet6Address gateway6() {
    return prefix.address(subnet.number(gateway));
  }

  /**
   * Gives the gateway an address of IPv6, so that machines may have some too.
   *
   * @param outside what the internet sees of the prefix: the same, or what it is translated to
   */
  synchronized void speakIpv6(Prefix outside) {
    if (speaksIpv6) {
      return;
    }
    carrier.set("ipv6/conf/all/forwarding", "1");
    carrier.ip(address6Line(gateway6()), address6Line(Prefix.linkLocal(subnet.number(gateway))));
    if (uplink == null) {
      // As with IPv4: what is not on the internet vanishes there.
      carrier.ip("route add blackhole ::/0");
    } else {
      uplink.announce(outside);
    }
    speaksIpv6 = true;
  }

  private static String address6Line(Inet6Address address) {
    return "address add %s/%d dev %s nodad".formatted(Prefix.text(address), Prefix.LENGTH, BRIDGE);
  }

  /**
   * Before a machine gets an address of IPv6: the internet has it when it is asked for.
   *
   * @throws IllegalStateException when the router of this LAN does not speak it
   */
  synchronized void requireIpv6() {
    if (uplink == null) {
      speakIpv6(prefix);
    }
    if (!speaksIpv6) {
      throw new IllegalStateException(
          "There is no IPv6 in %s: give its router a kind that speaks it.".formatted(this));
    }
  }

  synchronized Stack stack() {
    return speaksIpv6 && uplink != null ? Stack.DUAL : Stack.IPV4;
  }

  /** Makes the prefix reachable through a machine of this segment, here and on the internet. */
  void route(Prefix other, Inet6Address through) {
    carrier.ip("route add " + other + " via " + Prefix.text(through));
    if (uplink != null) {
      uplink.announce(other);
    }
  }

  /** What the internet sees of a machine that has that address here. */
  Inet4Address publicAddress(Inet4Address own) {
    return uplink == null ? own : uplink.publicAddress();
  }

  /** Lays a cable to a new device of the machine, which is down. */
  synchronized Cable lay(Namespace machine, String device) {
    String port = "port" + cablesEver++;
    carrier.ip(
        "link add %s type veth peer name %s netns %s".formatted(port, device, machine.path()),
        "link set " + port + " master " + BRIDGE + " group " + CABLES + " up");
    Cable cable = new Cable(carrier, port, machine, device);
    cables.add(cable);
    return cable;
  }

  /** Takes a cable away for good, with the device at its other end. */
  synchronized void remove(Cable cable) {
    if (cables.remove(cable)) {
      cable.remove();
    }
  }

  /** Pulls all cables, so that nothing moves even where a thread keeps a namespace alive. */
  synchronized void detach() {
    if (!cables.isEmpty()) {
      cables.forEach(Cable::stop);
      cables.clear();
      carrier.ip("link delete group " + CABLES);
    }
  }

  String withLength(Inet4Address address) {
    return address.getHostAddress() + "/" + subnet.length();
  }

  /** Locally administered, made of the gateway's address. */
  private String hardwareAddress() {
    byte[] bytes = gateway.getAddress();
    return "02:00:%02x:%02x:%02x:%02x".formatted(bytes[0], bytes[1], bytes[2], bytes[3]);
  }
}
