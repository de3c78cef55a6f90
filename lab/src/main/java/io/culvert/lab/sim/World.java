package io.culvert.lab.sim;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A simulated internet: what is built in it, and its time. Names are unique, for they decide which
 * chance a thing has.
 *
 * <pre>{@code
 * World world = new World(seed);
 * StunServer stun = StunServer.on(world.host("server", Quality.delayMillis(12.5)));
 * Router home = world.router("home", NatBehavior.PORT_RESTRICTED, Quality.delayMillis(12.5));
 * SimSocket alice = home.host("alice").bind();
 * alice.onReceive((payload, from) -> …);
 * alice.send(request, stun.address());
 * world.runFor(Duration.ofSeconds(1));
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class World {
  private final Simulation simulation;
  private final Trace trace;
  private final Internet internet = new Internet(this);
  private int lans;
  private int ipv6Prefixes;

  public World(long seed) {
    this(new Simulation(seed));
  }

  /** A world in a simulation of its own, which says how many events it may have. */
  public World(Simulation simulation) {
    this.simulation = simulation;
    this.trace = new Trace(simulation);
  }

  public Simulation simulation() {
    return simulation;
  }

  public Internet internet() {
    return internet;
  }

  public Instant now() {
    return simulation.now();
  }

  /** As {@link Simulation#runFor}. */
  public void runFor(Duration duration) {
    simulation.runFor(duration);
  }

  /** As {@link Simulation#runUntil(BooleanSupplier, Duration)}. */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    return simulation.runUntil(condition, limit);
  }

  /**
   * A number that stands for all that has happened to packets: two runs of one seed have the same.
   */
  public long fingerprint() {
    return trace.hash();
  }

  /** Has a line written for every packet that arrives or vanishes anywhere. */
  public void listen(Consumer<String> lines) {
    trace.listen(lines);
  }

  /** A host on the internet, of both families. */
  public Host host(String name, Quality quality) {
    Host host = new Host(this, name);
    host.join(internet, quality);
    return host;
  }

  /** A host on the internet with a perfect link, of both families. */
  public Host host(String name) {
    return host(name, Quality.PERFECT);
  }

  /** A host on the internet that has IPv4 only. */
  public Host ipv4Host(String name, Quality quality) {
    Host host = new Host(this, name);
    host.join(internet, List.of(internet.takeIpv4()), quality);
    return host;
  }

  public Router router(String name, RouterPlan plan) {
    return new Router(this, name, plan, internet);
  }

  /** A router with one address and such a link to the internet. */
  public Router router(String name, NatBehavior nat, Quality quality) {
    return router(name, RouterPlan.of(nat).withLink(quality));
  }

  /** A router with one address and a perfect link to the internet. */
  public Router router(String name, NatBehavior nat) {
    return router(name, nat, Quality.PERFECT);
  }

  /** A network that leads nowhere, such as containers have. */
  public Lan deadEnd(String name, String prefix) {
    return new Lan(this, name, List.of(Prefix.parse(prefix)));
  }

  Trace trace() {
    return trace;
  }

  List<Prefix> lanPrefixes(RouterPlan plan) {
    Prefix ipv4 = plan.lan().orElseGet(() -> Prefix.parse("192.168." + ++lans + ".0/24"));
    return plan.ipv6().isEmpty() ? List.of(ipv4) : List.of(ipv4, nextIpv6Prefix());
  }

  /** The outer addresses of a new router: those of IPv4, then one of IPv6 where it needs one. */
  List<InetAddress> outerAddresses(Network parent, RouterPlan plan) {
    List<InetAddress> addresses = new ArrayList<>(parent.takeAddresses());
    InetAddress ipv4 = addresses.getFirst();
    Stream.generate(() -> parent.takeLike(ipv4))
        .limit(plan.addresses() - 1L)
        .forEach(addresses::add);
    addresses.removeIf(address -> address instanceof Inet6Address && plan.ipv6().isEmpty());
    return addresses;
  }

  private Prefix nextIpv6Prefix() {
    return Prefix.parse("2001:db8:%x::/64".formatted(++ipv6Prefixes));
  }
}
