package io.culvert.lab.net;

import static java.util.stream.Collectors.joining;

import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Mapping;
import java.net.Inet4Address;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes the nftables ruleset that makes a Linux router a NAT of a given kind.
 *
 * <p>The kernel translates each connection for itself, which alone is neither endpoint-independent
 * mapping (two hosts may want one port) nor any filtering but the strictest. So the ruleset
 * remembers, on the way out and after the translation: {@code mapping}, from the inner endpoint to
 * the outer one; {@code inside}, the way back; {@code taken}, the outer ports in use; {@code
 * permitted}, whom each outer port has sent to. The first packet of a later connection, out or in,
 * is translated by these.
 *
 * <p>A router that reboots gets the whole table anew, in one transaction, with another number for
 * its life. That number is the conntrack zone of all its packets: the kernel's own table, which
 * nothing but netlink can empty, is another one in another zone.
 */
final class NatRuleset {
  private static final String WAN = "wan";
  private static final String LAN = Segment.BRIDGE;

  /** RFC 4787, REQ-5: two minutes at least, five recommended. */
  private static final String STORE = "flags dynamic,timeout; size 65535; timeout 5m;";

  private static final String TRANSPORT = "meta l4proto { tcp, udp }";
  private static final String INNER = "inet_proto . ipv4_addr . inet_service";
  private static final String OUTER = "inet_proto . inet_service";

  private static final int SEQUENCE = 4096;

  private final NatKind kind;
  private final String wan;
  private final String lan;
  private final int zone;
  private final int firstPort;

  private NatRuleset(NatKind kind, Inet4Address wan, Subnet lan, int life) {
    this.kind = kind;
    this.wan = wan.getHostAddress();
    this.lan = lan.toString();
    this.zone = life;
    // Two sequential routers must not count in step: a guess at one could hit by accident.
    this.firstPort = 20_000 + 150 * Byte.toUnsignedInt(wan.getAddress()[3]);
  }

  /**
   * The ruleset, which replaces the one before.
   *
   * @param life 1 to 65535; another one than before when connections are to be forgotten
   */
  static String of(NatKind kind, Inet4Address wan, Subnet lan, int life) {
    return new NatRuleset(kind, wan, lan, life).text();
  }

  private String text() {
    return """
    table ip culvert
    delete table ip culvert
    table ip culvert {
      %s
      chain received {
        type filter hook prerouting priority raw;
        ct zone set %d
      }
      chain sent {
        type filter hook output priority raw;
        ct zone set %d
      }
      chain arriving {
        type nat hook prerouting priority dstnat;
        %s
      }
      chain leaving {
        type nat hook postrouting priority srcnat;
        oifname %s jump translate
        %s
      }
      chain translate {
        %s
      }
      chain translated {
        type filter hook postrouting priority srcnat + 10;
        %s oifname %s jump remember
        %s
      }
      chain remember {
        %s
      }
      chain input {
        type filter hook input priority filter;
        %s
      }
      chain forward {
        type filter hook forward priority filter;
        %s
      }
    }
    """
        .formatted(
            stores(),
            zone,
            zone,
            arriving(),
            WAN,
            hairpinned("ip saddr " + lan + " ct status dnat jump translate"),
            translate(),
            TRANSPORT,
            WAN,
            hairpinned(TRANSPORT + " ip saddr " + wan + " jump remember"),
            remember("original") + remember("reply"),
            input(),
            forward());
  }

  private String stores() {
    String mapping =
        "map mapping { type %s%s : ipv4_addr . inet_service; %s }\n"
            .formatted(INNER, mapsByAddress() ? " . ipv4_addr" : "", STORE);
    return (keepsMappings() ? mapping : "")
        + "map inside { type %s : ipv4_addr . inet_service; %s }\n".formatted(OUTER, STORE)
        + "set taken { type %s; %s }\n".formatted(OUTER, STORE)
        + "set permitted { type %s . ipv4_addr; %s }\n".formatted(OUTER, STORE);
  }

  private String arriving() {
    String toInside =
        " ip daddr %s %s %%s dnat ip to meta l4proto . th dport map @inside\n"
            .formatted(wan, TRANSPORT);
    String fromWan =
        switch (kind.filtering()) {
          case ENDPOINT_INDEPENDENT -> "iifname " + WAN + toInside.formatted("");
          case ADDRESS_DEPENDENT ->
              "iifname "
                  + WAN
                  + toInside.formatted("meta l4proto . th dport . ip saddr @permitted");
          // Only answers get in, and the kernel knows these without a rule.
          case ADDRESS_AND_PORT_DEPENDENT -> "";
        };
    return fromWan + (kind.hairpin() ? "iifname " + LAN + toInside.formatted("") : "");
  }

  private String hairpinned(String rule) {
    return kind.hairpin() ? "oifname " + LAN + " " + rule : "";
  }

  private String translate() {
    String known =
        "snat ip to meta l4proto . ip saddr . th sport%s map @mapping\n"
            .formatted(mapsByAddress() ? " . ct original ip daddr" : "");
    return "meta l4proto != { tcp, udp } snat ip to %s\n".formatted(wan)
        + (keepsMappings() ? TRANSPORT + " " + known : "")
        + switch (kind.ports()) {
          case PRESERVING ->
              """
              %1$s meta l4proto . th sport @taken snat ip to %2$s fully-random
              %1$s snat ip to %2$s
              """
                  .formatted(TRANSPORT, wan);
          case RANDOM -> "%s snat ip to %s fully-random\n".formatted(TRANSPORT, wan);
          // As a table: numgen counts in the byte order of the machine, ports are in the network's.
          case SEQUENTIAL ->
              "%s snat ip to %s : numgen inc mod %d map { %s }\n"
                  .formatted(
                      TRANSPORT,
                      wan,
                      SEQUENCE,
                      IntStream.range(0, SEQUENCE)
                          .mapToObj(n -> n + " : " + (firstPort + n))
                          .collect(joining(", ")));
        };
  }

  /** After the translation the packet has the outer endpoint; conntrack still knows the inner. */
  private String remember(String direction) {
    String inner = "ct %1$s ip saddr . ct %1$s proto-src".formatted(direction);
    String remote = "ct %s ip daddr".formatted(direction);
    String outer = "meta l4proto . th sport";
    String mapping =
        "update @mapping { meta l4proto . %s%s : ip saddr . th sport }"
            .formatted(inner, mapsByAddress() ? " . " + remote : "");
    return List.of(
            keepsMappings() ? mapping : "",
            "update @inside { %s : %s }".formatted(outer, inner),
            "update @taken { %s }".formatted(outer),
            "update @permitted { %s . %s }".formatted(outer, remote))
        .stream()
        .filter(rule -> !rule.isEmpty())
        .map(rule -> "ct direction %s %s %s\n".formatted(direction, TRANSPORT, rule))
        .collect(joining());
  }

  private String input() {
    return "iifname %s ip daddr %s drop\n".formatted(LAN, wan)
        + (kind.firewall() == Firewall.NONE
            ? ""
            : "iifname %s ct state { new, invalid } drop\n".formatted(WAN));
  }

  private String forward() {
    String unsolicited =
        """
        iifname %1$s ct state new ct status dnat accept
        iifname %1$s ct state { new, invalid } drop
        """
            .formatted(WAN);
    return switch (kind.firewall()) {
      case NONE -> "";
      case DROPS_UNSOLICITED -> unsolicited;
      case BLOCKS_UDP -> "meta l4proto udp drop\n" + unsolicited;
      case BLOCKS_TCP -> "meta l4proto tcp drop\n" + unsolicited;
    };
  }

  private boolean keepsMappings() {
    return kind.mapping() != Mapping.ADDRESS_AND_PORT_DEPENDENT;
  }

  private boolean mapsByAddress() {
    return kind.mapping() == Mapping.ADDRESS_DEPENDENT;
  }
}
