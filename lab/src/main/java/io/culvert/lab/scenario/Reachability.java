package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.ONLY_TCP_443;
import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;
import static io.culvert.lab.net.NatKind.UDP_BLOCKED;

import io.culvert.client.Proxies;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Office;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.HttpProxy;
import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.scenario.Scenario.Built;
import java.util.List;

/** S37 to S41: IPv6, and networks that let only some things out. */
final class Reachability {
  private Reachability() {}

  static List<Scenario> scenarios() {
    return List.of(
        new Built(
            "S37",
            "ipv6-at-both",
            "Both have a symmetric NAT for IPv4, and public addresses of IPv6.",
            "direct over IPv6 within 4 s",
            SeparatePlays.direct(
                SYMMETRIC.withIpv6(Ipv6.ROUTED), SYMMETRIC.withIpv6(Ipv6.ROUTED), true)),
        new Built(
            "S37",
            "ipv6-at-one",
            "Only the caller has IPv6; both have a port-restricted NAT for IPv4.",
            "direct within 4 s",
            SeparatePlays.direct(PORT_RESTRICTED.withIpv6(Ipv6.ROUTED), PORT_RESTRICTED, false)),
        new Built(
            "S38",
            "udp-blocked-at-one",
            "The caller's router lets no UDP pass.",
            "connected",
            Plays.connected(UDP_BLOCKED, PORT_RESTRICTED)),
        new Built(
            "S38",
            "udp-blocked-at-both",
            "Neither router lets UDP pass.",
            "connected",
            Plays.connected(UDP_BLOCKED, UDP_BLOCKED)),
        new Built(
            "S38",
            "udp-blocked-ipv6-at-both",
            "Neither router lets UDP pass; both let only answers in by IPv6.",
            "direct over IPv6 within 4 s",
            SeparatePlays.direct(
                UDP_BLOCKED.withIpv6(Ipv6.FIREWALLED),
                UDP_BLOCKED.withIpv6(Ipv6.FIREWALLED),
                true)),
        new Built(
            "S39",
            "only-tcp-443-at-one",
            "The caller's router lets nothing out but TCP to ports 443.",
            "connected over the relay",
            venue -> {
              venue.serverListensAt443();
              Guest bob = venue.bob(Plays.behind(venue, "bob", PORT_RESTRICTED));
              return Plays.meet(caller(venue), bob, Plays::relayed);
            }),
        new Built(
            "S39",
            "only-tcp-443-at-both",
            "Neither router lets anything out but TCP to ports 443.",
            "connected over the relay",
            venue -> {
              venue.serverListensAt443();
              Host other = Plays.behind(venue, "bob", ONLY_TCP_443);
              Guest bob = venue.bobAt443(other, Proxies.none());
              return Plays.meet(caller(venue), bob, Plays::relayed);
            }),
        new Built(
            "S40",
            "only-a-proxy",
            "The callee gets out only by an HTTP proxy with a password, the caller to ports 443.",
            "connected over the relay",
            Reachability::onlyAProxy),
        new Built(
            "S41",
            "tls-inspected",
            "A proxy reads all TLS with certificates of its own.",
            "refused, and told what to do; the proxy reads no password",
            Inspection::play));
  }

  private static Guest caller(Venue venue) throws Exception {
    return venue.aliceAt443(Plays.behind(venue, "alice", ONLY_TCP_443), Proxies.none());
  }

  private static String onlyAProxy(Venue venue) throws Exception {
    if (!HttpProxy.isAvailable()) {
      throw new UnexpectedException("tinyproxy is not installed: apt-get install tinyproxy-bin.");
    }
    venue.serverListensAt443();
    Office office = Office.open(venue.lab());
    Guest bob = venue.bobAt443(office.desk("bob"), office.wayOut());
    return Plays.meet(caller(venue), bob, Plays::relayed);
  }
}
