package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;
import static io.culvert.lab.net.NatKind.UDP_BLOCKED;

import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.lab.scenario.Scenario.NotBuilt;
import java.util.List;

/** S37 to S41: IPv6, and networks that let only some things out. */
final class Reachability {
  private static final String NO_LOGIN =
      "Who reaches only ports 443 cannot log in: login, signals and relay have a port each.";

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
        new NotBuilt("S39", "only-tcp-443", "Nothing but TCP to ports 443 gets out.", NO_LOGIN),
        new NotBuilt(
            "S40",
            "only-a-proxy",
            "Nothing gets out but through an HTTP proxy with a password.",
            NO_LOGIN),
        new Built(
            "S41",
            "tls-inspected",
            "A proxy reads all TLS with certificates of its own.",
            "refused, and told what to do; the proxy reads no password",
            Inspection::play));
  }
}
