package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.ANSWERING;
import static io.culvert.lab.net.NatKind.CARRIER_GRADE;
import static io.culvert.lab.net.NatKind.OPEN;
import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Machine;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.net.NatKind.Pooling;
import io.culvert.lab.net.NatKind.PortAllocation;
import io.culvert.lab.net.Router;
import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.traversal.portmap.Means;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;

/** S42 to S61: networks of everyday life. */
final class Topologies {
  private static final String SAME_LAN = "192.168.1.0/24";
  private static final int JUNK_INTERFACES = 32;

  /** What a datagram of QUIC needs within TURN, and hardly more. */
  private static final int SMALL_MTU = 1300;

  private static final int BULK = 2_000_000;

  /** What a router should notice of a connection that is easy to make. */
  private static final int MOST_MAPPINGS = 50;

  private static final String ONLY_ANSWERS =
      """
      table ip guard {
        chain arriving {
          type filter hook input priority 0;
          iifname "eth0" ct state { new, invalid } drop
        }
      }
      """;

  private static final String FEW_NEW_FLOWS =
      """
      table ip scarce {
        chain leaving {
          type filter hook forward priority -10;
          oifname "wan" ct state new limit rate over 5/second burst 5 packets drop
        }
      }
      """;

  /** Nobody learns that a packet was too long; of TCP none is, or else no web page would load. */
  private static final String SILENCE =
      """
      table ip silence {
        chain out {
          type filter hook output priority 0;
          icmp type destination-unreachable drop
        }
        chain between {
          type filter hook forward priority -150;
          tcp flags syn tcp option maxseg size set 1260
        }
      }
      """;

  private Topologies() {}

  static List<Scenario> scenarios() {
    return List.of(
        new Built(
            "S42",
            "same-lan",
            "Both are in one LAN, whose router does not hairpin.",
            "within the LAN in 4 s",
            venue -> sameLan(venue, PORT_RESTRICTED)),
        new Built(
            "S42",
            "same-lan-with-hairpin",
            "Both are in one LAN, whose router hairpins.",
            "within the LAN in 4 s",
            venue -> sameLan(venue, PORT_RESTRICTED.withHairpin())),
        new Built(
            "S43",
            "same-addresses",
            "Both are in LANs of their own that have the same addresses, and so have they.",
            "direct within 4 s",
            venue ->
                Plays.direct(
                    venue,
                    venue.lab().router("one", PORT_RESTRICTED, SAME_LAN).host("alice"),
                    venue.lab().router("other", PORT_RESTRICTED, SAME_LAN).host("bob"),
                    Plays.SOON)),
        new Built(
            "S44",
            "double-nat",
            "The caller is behind two port-restricted routers.",
            "direct within 4 s",
            venue ->
                Plays.direct(
                    venue,
                    venue
                        .lab()
                        .router("building", PORT_RESTRICTED)
                        .router("flat", PORT_RESTRICTED)
                        .host("alice"),
                    Plays.behind(venue, "bob", PORT_RESTRICTED),
                    Plays.SOON)),
        new Built(
            "S45",
            "same-carrier-with-hairpin",
            "Both are behind home routers of one carrier-grade NAT that hairpins.",
            "direct within 4 s",
            venue -> {
              Router carrier = carrier(venue, CARRIER_GRADE.withHairpin());
              return Plays.direct(venue, home(carrier, "alice"), home(carrier, "bob"), Plays.SOON);
            }),
        new Built(
            "S45",
            "same-carrier",
            "Both are behind home routers of one carrier-grade NAT that does not hairpin.",
            "connected, if only by the relay",
            venue -> {
              Router carrier = carrier(venue, CARRIER_GRADE);
              return Plays.meet(venue, home(carrier, "alice"), home(carrier, "bob"), Plays::path);
            }),
        new Built(
            "S46",
            "port-block-512",
            "The caller's carrier gives it random ports of a block of 512, the same to everybody.",
            "direct within 4 s",
            Plays.direct(CARRIER_GRADE, PORT_RESTRICTED, Plays.SOON)),
        new Built(
            "S46",
            "symmetric-port-block-2048",
            "The caller's carrier gives it a port for each destination, of a block of 2048.",
            "direct within 20 s",
            Plays.direct(SYMMETRIC.withPortBlocks(2048), PORT_RESTRICTED, Plays.GUESSING)),
        new Built(
            "S47",
            "several-addresses",
            "Each mapping of the caller's carrier has the next one of four addresses.",
            "direct within 4 s",
            Plays.direct(
                PORT_RESTRICTED.withAddresses(4, Pooling.ARBITRARY), PORT_RESTRICTED, Plays.SOON)),
        new Built(
            "S48",
            "symmetric-with-upnp",
            "Both routers are symmetric, and the caller's opens ports by UPnP.",
            "direct within 4 s, by that port",
            RouterPorts.openedBy(Means.UPNP)),
        new Built(
            "S48",
            "symmetric-with-nat-pmp",
            "Both routers are symmetric, and the caller's opens ports by NAT-PMP.",
            "direct within 4 s, by that port",
            RouterPorts.openedBy(Means.NAT_PMP)),
        new Built(
            "S48",
            "symmetric-with-pcp",
            "Both routers are symmetric, and the caller's opens ports by PCP.",
            "direct within 4 s, by that port",
            RouterPorts.openedBy(Means.PCP)),
        new Built(
            "S49",
            "useless-port-mapping",
            "The caller's router opens ports, and is behind another one that does not.",
            "direct within 4 s, and told that the port is of no use",
            RouterPorts::uselessOnes),
        new Built(
            "S50",
            "host-firewall",
            "The caller has a public address and a firewall that lets only answers in.",
            "direct within 4 s",
            venue -> {
              Host alice = Plays.behind(venue, "alice", OPEN);
              nft(alice, ONLY_ANSWERS);
              return Plays.direct(
                  venue, alice, Plays.behind(venue, "bob", PORT_RESTRICTED), Plays.SOON);
            }),
        new Built(
            "S51",
            "ipv6-firewalled",
            "Both have a symmetric NAT for IPv4, and IPv6 where only answers get in.",
            "direct over IPv6 within 4 s",
            SeparatePlays.direct(
                SYMMETRIC.withIpv6(Ipv6.FIREWALLED), SYMMETRIC.withIpv6(Ipv6.FIREWALLED), true)),
        new Built(
            "S52",
            "only-ipv6",
            "The caller has only IPv6, and NAT64; callee and server have only IPv4.",
            "connected, if only by the relay",
            SeparatePlays::onlyIpv6),
        new Built(
            "S53",
            "broken-ipv6",
            "Both have addresses of IPv6, and nothing gets through to them.",
            "direct over IPv4 within 4 s",
            SeparatePlays.direct(
                PORT_RESTRICTED.withIpv6(Ipv6.BROKEN),
                PORT_RESTRICTED.withIpv6(Ipv6.BROKEN),
                false)),
        new Built(
            "S54",
            "broken-ipv4",
            "Both have IPv6; the caller has an address of IPv4, and nothing gets through to it.",
            "direct over IPv6 within 4 s",
            SeparatePlays::brokenIpv4),
        new Built(
            "S55",
            "translated-ipv6",
            "Both have a symmetric NAT for IPv4; the caller's router translates prefixes of IPv6.",
            "direct over IPv6 within 4 s",
            SeparatePlays.direct(
                SYMMETRIC.withIpv6(Ipv6.TRANSLATED), SYMMETRIC.withIpv6(Ipv6.FIREWALLED), true)),
        new Built(
            "S55",
            "translated-ipv6-at-both",
            "Both have a symmetric NAT for IPv4, and routers that translate prefixes of IPv6.",
            "direct over IPv6 within 4 s",
            SeparatePlays.direct(
                SYMMETRIC.withIpv6(Ipv6.TRANSLATED), SYMMETRIC.withIpv6(Ipv6.TRANSLATED), true)),
        new Built(
            "S56",
            "small-mtu",
            "The caller's way out carries packets of 1300 bytes, and drops longer ones of UDP in silence.",
            "2 MB arrive within 20 s",
            Topologies::smallMtu),
        new Built(
            "S57",
            "junk-interfaces",
            "The caller has 32 more interfaces with addresses that lead nowhere.",
            "direct within 4 s",
            venue -> {
              Host alice = Plays.behind(venue, "alice", PORT_RESTRICTED);
              addJunk(alice);
              return Plays.direct(
                  venue, alice, Plays.behind(venue, "bob", PORT_RESTRICTED), Plays.SOON);
            }),
        new Built(
            "S58",
            "random-ports",
            "Both routers give each socket a random port, the same for all destinations.",
            "direct within 4 s",
            Plays.direct(
                PORT_RESTRICTED.withPorts(PortAllocation.RANDOM),
                PORT_RESTRICTED.withPorts(PortAllocation.RANDOM),
                Plays.SOON)),
        new Built(
            "S59",
            "answering-router",
            "The callee's router answers what nobody has asked for, with an error.",
            "direct within 4 s",
            Plays.direct(PORT_RESTRICTED, ANSWERING, Plays.SOON)),
        new Built(
            "S59",
            "answering-routers",
            "Both routers answer what nobody has asked for, with an error.",
            "direct within 20 s",
            Plays.direct(ANSWERING, ANSWERING, Plays.GUESSING)),
        new Built(
            "S59",
            "answering-router-to-symmetric",
            "The caller's router answers what nobody has asked for; the callee's is symmetric.",
            "direct within 20 s",
            Plays.direct(ANSWERING, SYMMETRIC, Plays.GUESSING)),
        new Built(
            "S60",
            "few-new-flows",
            "The caller's router drops whatever goes beyond five new flows a second.",
            "direct within 4 s",
            venue -> {
              Router home = venue.lab().router("home", PORT_RESTRICTED);
              nft(home, FEW_NEW_FLOWS);
              return Plays.direct(
                  venue,
                  home.host("alice"),
                  Plays.behind(venue, "bob", PORT_RESTRICTED),
                  Plays.SOON);
            }),
        new Built(
            "S61",
            "small-table",
            "The caller's router has room for few mappings.",
            "direct within 4 s, with 50 new mappings at most",
            Topologies::smallTable));
  }

  private static String sameLan(Venue venue, NatKind kind) throws Exception {
    Router home = venue.lab().router("home", kind);
    return Plays.meet(
        venue,
        home.host("alice"),
        home.host("bob"),
        meeting -> Plays.becomes(meeting, "within the LAN", Plays::isLocal, Plays.SOON));
  }

  private static Router carrier(Venue venue, NatKind kind) {
    return venue.lab().router("carrier", kind, "100.64.0.0/16");
  }

  private static Host home(Router carrier, String name) {
    return carrier.router(name + "-home", PORT_RESTRICTED).host(name);
  }

  private static String smallMtu(Venue venue) throws Exception {
    Router home = venue.lab().router("home", PORT_RESTRICTED);
    run(home, "", "ip", "link", "set", "wan", "mtu", Integer.toString(SMALL_MTU));
    nft(home, SILENCE);
    return Plays.meet(
        venue,
        home.host("alice"),
        Plays.behind(venue, "bob", PORT_RESTRICTED),
        meeting -> {
          try (Transfer transfer = Transfer.bulk(meeting.toBob(), meeting.toAlice(), BULK)) {
            return transfer.await(Plays.GUESSING) + "; " + Plays.path(meeting);
          }
        });
  }

  private static void addJunk(Host host) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < JUNK_INTERFACES; i++) {
      lines.append("link add junk%1$d type bridge%n".formatted(i));
      lines.append("address add 172.20.%1$d.1/24 dev junk%1$d%n".formatted(i));
      lines.append("link set junk%1$d up%n".formatted(i));
    }
    run(host, lines.toString(), "ip", "-batch", "-");
  }

  private static String smallTable(Venue venue) throws Exception {
    Router home = venue.lab().router("home", PORT_RESTRICTED);
    Host alice = home.host("alice");
    Host bob = Plays.behind(venue, "bob", PORT_RESTRICTED);
    return Plays.meet(
        venue,
        alice,
        bob,
        meeting -> {
          String direct = Plays.direct(meeting, Plays.SOON);
          Thread.sleep(Duration.ofSeconds(1)); // what is still under way
          int mappings = mappings(home);
          String seen = "%s; the router's table had %d entries".formatted(direct, mappings);
          if (mappings > MOST_MAPPINGS) {
            throw new UnexpectedException(seen);
          }
          return seen;
        });
  }

  /**
   * All that a router remembers, those of being online included. Asked by a process of its own: the
   * JVM's threads see another network's number.
   */
  private static int mappings(Router router) throws Exception {
    Process process = router.start("cat", "/proc/sys/net/netfilter/nf_conntrack_count");
    return Integer.parseInt(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
  }

  static void nft(Machine machine, String ruleset) throws Exception {
    run(machine, ruleset, "nft", "-f", "-");
  }

  /** Runs a program there until it ends. */
  static void run(Machine machine, String input, String... command) throws Exception {
    Process process = machine.start(new ProcessBuilder(command).redirectErrorStream(true));
    try (Writer in = process.outputWriter(UTF_8)) {
      in.write(input);
    }
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("%s on %s: %s".formatted(command[0], machine.name(), said.strip()));
    }
  }
}
