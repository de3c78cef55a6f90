package io.culvert.lab.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network interface of a machine: its cable, its addresses and its way out. A machine's first one
 * that is up has the default route; the others are used by who binds to their addresses. Safe for
 * use by several threads.
 *
 * <p>Every change of addresses takes the interface down for some milliseconds, as a change of the
 * network does in life: senders see errors for so long, and TCP connections from an address that is
 * gone hang until they give up.
 */
public final class Interface {
  private static final int METRIC = 100;

  private final Namespace machine;
  private final String device;
  private final int order;
  private Segment segment;
  private Cable cable;
  private List<Inet4Address> addresses;
  private int number;
  private Stack stack;
  private boolean up;

  /**
   * Plugs a new interface in; it is up.
   *
   * @param order 0 for the machine's first, which is preferred to the next
   * @param addresses at least one, taken from the segment's subnet already
   */
  Interface(
      Namespace machine,
      String device,
      int order,
      Segment segment,
      List<Inet4Address> addresses,
      Stack stack) {
    this.machine = machine;
    this.device = device;
    this.order = order;
    this.segment = segment;
    this.addresses = List.copyOf(addresses);
    this.number = segment.subnet().number(addresses.getFirst());
    this.stack = stack;
    this.cable = segment.lay(machine, device);
    up();
  }

  /** As in the machine's kernel, for example {@code eth0}. */
  public String name() {
    return device;
  }

  /** The IPv4 address; one that speaks only IPv6 does not use it. */
  public synchronized Inet4Address address() {
    return addresses.getFirst();
  }

  /** The IPv6 address, if it has one. */
  public synchronized Optional<Inet6Address> address6() {
    return stack.hasIpv6() ? Optional.of(segment.prefix().address(number)) : Optional.empty();
  }

  /** What the internet sees: the address of the outermost router, or its own without one. */
  public synchronized Inet4Address publicAddress() {
    return segment.publicAddress(address());
  }

  /**
   * Loses packets at random on the cable, in each direction independently, from now on until the
   * next call. Nobody is told.
   *
   * @param percent 0 to 100; 0, as in the beginning, loses none
   * @throws LabException when the system refuses, or the lab is closed
   */
  public synchronized void lose(int percent) {
    cable.lose(percent);
  }

  /** Pulls the cable: packets vanish, interfaces stay up. The same as to lose 100 %. */
  public void unplug() {
    lose(100);
  }

  /** Plugs the cable in again; it loses nothing. */
  public void plug() {
    lose(0);
  }

  /**
   * Holds all packets on the cable back for that long, in each direction, from now on until the
   * next call; those under way keep their time.
   *
   * @throws LabException when the system refuses, or the lab is closed
   */
  public void delay(Delay delay) {
    delay(delay, delay);
  }

  /** The same with a delay for what the machine sends and another for what it receives. */
  public synchronized void delay(Delay sent, Delay received) {
    cable.delay(sent, received);
  }

  /** Has all packets on the cable arrive twice, as on a bad radio link, or once as usual. */
  public synchronized void duplicate(boolean wanted) {
    cable.duplicate(wanted);
  }

  /** Takes the interface down, as who switches Wi-Fi off: no addresses, no routes. */
  public synchronized void down() {
    if (!up) {
      return;
    }
    up = false;
    List<String> lines = new ArrayList<>(rules("del"));
    lines.add("link set " + device + " down");
    lines.add("address flush dev " + device);
    machine.ip(lines.toArray(String[]::new));
  }

  /** Takes the interface up again, with its addresses and routes. */
  public synchronized void up() {
    if (up) {
      return;
    }
    up = true;
    if (stack.hasIpv6()) {
      segment.requireIpv6();
    }
    List<String> lines = new ArrayList<>(List.of("link set lo up", "link set " + device + " up"));
    if (stack.hasIpv4()) {
      for (Inet4Address address : addresses) {
        lines.add("address add " + segment.withLength(address) + " dev " + device);
      }
      lines.addAll(routes(segment.toString(), segment.gateway().getHostAddress()));
    }
    if (stack.hasIpv6()) {
      Prefix prefix = segment.prefix();
      lines.add(address6Line(prefix.address(number)));
      lines.add(address6Line(Prefix.linkLocal(number)));
      lines.addAll(routes(prefix.toString(), Prefix.text(segment.gateway6())));
    }
    lines.addAll(rules("add"));
    machine.ip(lines.toArray(String[]::new));
  }

  private String address6Line(Inet6Address address) {
    return "address add %s/%d dev %s nodad".formatted(Prefix.text(address), Prefix.LENGTH, device);
  }

  /** The default route; and for packets from addresses of a later interface one of their own. */
  private List<String> routes(String subnet, String gateway) {
    String way = "default via " + gateway + " dev " + device;
    List<String> lines = new ArrayList<>();
    lines.add("route add " + way + " metric " + (METRIC + order));
    if (order > 0) {
      lines.add("route add " + subnet + " dev " + device + " table " + table());
      lines.add("route add " + way + " table " + table());
    }
    return lines;
  }

  private List<String> rules(String verb) {
    if (order == 0) {
      return List.of();
    }
    Stream<String> ipv4 = addresses.stream().map(Inet4Address::getHostAddress);
    Stream<String> ipv6 = address6().stream().map(Prefix::text);
    return Stream.concat(stack.hasIpv4() ? ipv4 : Stream.of(), ipv6)
        .map(address -> "rule %s from %s table %d".formatted(verb, address, table()))
        .toList();
  }

  private int table() {
    return METRIC + order;
  }

  /**
   * Takes another address of the same network, as after a new lease.
   *
   * @throws IllegalArgumentException when it is not free
   */
  public synchronized void readdress(String address) {
    Inet4Address other = segment.subnet().take(Inet4Address.ofLiteral(address));
    down();
    addresses = List.of(other);
    number = segment.subnet().number(other);
    up();
  }

  /** Takes as many new IPv4 addresses as it has, the lowest free ones, and keeps that of IPv6. */
  synchronized void renew() {
    List<Inet4Address> others = addresses.stream().map(old -> segment.subnet().takeNext()).toList();
    down();
    addresses = others;
    up();
  }

  /**
   * Pulls the cable out of this network and plugs one into another, where it gets the next free
   * address. The new cable neither loses nor delays anything.
   */
  public synchronized void move(Segment other) {
    down();
    segment.remove(cable);
    segment = other;
    addresses = List.of(other.subnet().takeNext());
    number = other.subnet().number(address());
    cable = other.lay(machine, device);
    up();
  }

  /**
   * Has addresses of those versions of IP from now on. A new host has those of the LAN that it is
   * in, and only IPv4 on the internet.
   *
   * @throws IllegalStateException when it is in a LAN without IPv6
   */
  public synchronized void stack(Stack other) {
    if (other.hasIpv6()) {
      segment.requireIpv6();
    }
    boolean wasUp = up;
    down();
    stack = other;
    if (wasUp) {
      up();
    }
  }

  synchronized Segment segment() {
    return segment;
  }

  synchronized List<Inet4Address> addresses() {
    return addresses;
  }

  /** Makes a prefix reachable from the internet through this machine. */
  synchronized void announce(Prefix prefix) {
    segment.route(prefix, segment.prefix().address(number));
  }
}
