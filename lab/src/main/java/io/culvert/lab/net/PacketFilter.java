package io.culvert.lab.net;

import static io.culvert.lab.net.NatRuleset.LAN;
import static io.culvert.lab.net.NatRuleset.WAN;

/** The part of a {@link NatRuleset} that says which packets pass, of IPv4 and IPv6. */
final class PacketFilter {
  private static final String UNSOLICITED =
      "iifname %s ct state { new, invalid } drop\n".formatted(WAN);

  /** What the full cone and its like let in has been translated already. */
  private static final String MAPPED =
      "iifname %s ct state new ct status dnat accept\n".formatted(WAN);

  private final NatKind kind;

  PacketFilter(NatKind kind) {
    this.kind = kind;
  }

  /** For what is for the router itself. */
  String input() {
    return switch (kind.firewall()) {
      case NONE -> "";
      case DROPS_UNSOLICITED, BLOCKS_UDP, BLOCKS_TCP, ALLOWS_TCP_443, BLOCKS_ALL -> UNSOLICITED;
    };
  }

  /** For what goes from one side of the router to the other. */
  String forward() {
    return switch (kind.firewall()) {
      case NONE -> "";
      case DROPS_UNSOLICITED, BLOCKS_UDP, BLOCKS_TCP, ALLOWS_TCP_443, BLOCKS_ALL ->
          blocked() + MAPPED + UNSOLICITED;
    };
  }

  String forwardIpv6() {
    return switch (kind.ipv6()) {
      case NONE, BROKEN -> "drop\n";
      case ROUTED -> blocked();
      case FIREWALLED, TRANSLATED -> blocked() + UNSOLICITED;
    };
  }

  /** Whoever sends it, and whatever the version of IP. */
  private String blocked() {
    return switch (kind.firewall()) {
      case NONE, DROPS_UNSOLICITED -> "";
      case BLOCKS_UDP -> "meta l4proto udp drop\n";
      case BLOCKS_TCP -> "meta l4proto tcp drop\n";
      case ALLOWS_TCP_443 ->
          """
          iifname %1$s meta l4proto != tcp drop
          iifname %1$s tcp dport != 443 drop
          """
              .formatted(LAN);
      case BLOCKS_ALL -> "drop\n";
    };
  }
}
