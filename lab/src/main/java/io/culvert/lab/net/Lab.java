package io.culvert.lab.net;

import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.net.NatKind.Mapping;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An internet in one process: hosts and NAT routers in network namespaces of the kernel, gone when
 * the lab closes or its JVM dies in whatever way. The internet is 203.0.113.0/24 and five hops
 * wide; nothing leads out of it.
 *
 * <p>A lab is built by one thread at a time; its machines may be used by many. Every method that
 * builds something throws {@link LabException} when the system refuses.
 *
 * <pre>{@code
 * try (Lab lab = Lab.open()) {
 *   Host server = lab.host("server");
 *   Host alice = lab.router("home", NatKind.PORT_RESTRICTED).host("alice");
 *   Host bob = lab.peer("bob", NatKind.SYMMETRIC);
 *   String answer = alice.run(() -> ask(server.address()));
 *
 *   NatKind mobile = NatKind.SYMMETRIC.withPortBlocks(2048).withIpv6(Ipv6.FIREWALLED);
 *   Router carrier = lab.router("carrier", mobile, "100.64.0.0/16");
 *   Host carol = carrier.router("hotspot", NatKind.PORT_RESTRICTED).host("carol");
 *   carrier.delay(Delay.ofMillis(25).withJitter(Duration.ofMillis(5)));
 *   Interface second = alice.connect(carrier.lan());
 *   alice.first().down();
 * }
 * }</pre>
 */
public final class Lab implements AutoCloseable {
  private static final String INTERNET = "203.0.113.0/24";

  /**
   * Who crosses the internet passes several routers, and who has not enough hops left dies there:
   * so it goes for the first packets of peers that want to open their own NAT only.
   */
  static final String DISTANCE =
      """
      table bridge culvert
      delete table bridge culvert
      table bridge culvert {
        chain forward {
          type filter hook forward priority filter
          ip ttl <= 5 drop
        }
      }
      """;

  private final Processes processes = new Processes();
  private final List<Namespace> namespaces = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private final Segment internet;
  private int lans;
  private int prefixes;

  private Lab() {
    Subnet subnet = Subnet.parse(INTERNET);
    // As in life there is a way to every address, and what is not on the internet vanishes there.
    Namespace carrier = namespace("internet");
    carrier.set("ipv4/ip_forward", "0");
    internet = new Segment(carrier, subnet, subnet.takeLast(), new Prefix(0), null);
    segments.add(internet);
    carrier.nft(DISTANCE);
  }

  /**
   * Opens a lab with nothing in it yet.
   *
   * @throws LabException when there can be none in this process, with what to do about it
   */
  public static Lab open() {
    availability()
        .reason()
        .ifPresent(reason -> {
          throw new LabException(reason);
        });
    return new Lab();
  }

  /** Whether this process can open a lab; found out once, in some 50 ms. */
  public static LabAvailability availability() {
    return AvailabilityProbe.RESULT;
  }

  /** The internet, to connect further interfaces to it. */
  public Segment internet() {
    return internet;
  }

  /** Connects a new host to the internet, with the lowest free address. */
  public Host host(String name) {
    return internetHost(name, internet.subnet().takeNext());
  }

  /** Connects a new host to the internet, with a free address of 203.0.113.0/24. */
  public Host host(String name, String address) {
    return internetHost(name, internet.subnet().take(Inet4Address.ofLiteral(address)));
  }

  /**
   * Connects a new router to the internet; its LAN is the next of 192.168.1.0/24, 192.168.2.0/24 …
   */
  public Router router(String name, NatKind kind) {
    return router(name, kind, nextLan());
  }

  /** Connects a new router to the internet; several may have the same LAN. */
  public Router router(String name, NatKind kind, String lan) {
    return router(name, kind, lan, internet);
  }

  Router router(String name, NatKind kind, String lan, Segment outside) {
    if (kind.mapping() == Mapping.NONE) {
      throw new IllegalArgumentException(
          "A router of the kind '" + kind + "' translates nothing: use a host without a router.");
    }
    Subnet subnet = Subnet.parse(lan);
    Namespace namespace = namespace(name);
    Interface wan =
        new Interface(
            namespace,
            "wan",
            0,
            outside,
            Stream.generate(outside.subnet()::takeNext).limit(kind.pool().addresses()).toList(),
            kind.ipv6() == Ipv6.NONE ? Stack.IPV4 : Stack.DUAL);
    Router router = new Router(this, namespace, wan, kind, subnet, new Prefix(++prefixes));
    segments.add(router.lan());
    return router;
  }

  /** A host behind a new router of its own, or directly on the internet for the open kind. */
  public Host peer(String name, NatKind kind) {
    if (kind.mapping() != Mapping.NONE) {
      return router(name + "-router", kind).host(name);
    }
    Host host = host(name);
    if (kind.ipv6() != Ipv6.NONE) {
      host.stack(Stack.DUAL);
    }
    return host;
  }

  /** Kills the programs on all machines, pulls the cables and gives the namespaces back. */
  @Override
  public void close() {
    try {
      processes.kill(namespaces);
      segments.forEach(Segment::detach);
    } finally {
      namespaces.forEach(Namespace::close);
      namespaces.clear();
      segments.clear();
    }
  }

  Host host(String name, Segment segment, Inet4Address address) {
    Namespace namespace = namespace(name);
    return new Host(
        namespace,
        processes,
        new Interface(namespace, "eth0", 0, segment, List.of(address), segment.stack()));
  }

  String nextLan() {
    return "192.168.%d.0/24".formatted(++lans);
  }

  Processes processes() {
    return processes;
  }

  private Host internetHost(String name, Inet4Address address) {
    return host(name, internet, address);
  }

  private Namespace namespace(String name) {
    Namespace namespace = Namespace.create(name);
    namespaces.add(namespace);
    return namespace;
  }
}
