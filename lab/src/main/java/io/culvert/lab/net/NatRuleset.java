package io.culvert.lab.net;

import static java.util.stream.Collectors.joining;

import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.net.NatKind.PortAllocation;
import java.net.Inet4Address;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes the nftables ruleset that makes a Linux router a NAT of a given kind.
 *
 * <p>The kernel translates each connection for itself, which alone is neither endpoint-independent
 * mapping (two hosts may want one port) nor any filtering but the strictest. So the ruleset
 * remembers, on the way out and after the translation: {@code mapping}, from the inner endpoint to
 * the outer one; {@code inside}, the way back; {@code taken}, for each outer address the ports in
 * use; {@code permitted}, whom each outer endpoint has sent to. The first packet of a later
 * connection, out or in, is translated by these. A router that answers strangers also remembers
 * these, as {@code strangers}: the kernel has a connection with them on its books.
 *
 * <p>A router that reboots gets the whole table anew, in one transaction, with another number for
 * its life. That number is the conntrack zone of all its packets: the kernel's own table, which
 * nothing but netlink can empty, is another one in another zone.
 */
final class NatRuleset {
  static final String WAN = "wan";
  static final String LAN = Segment.BRIDGE;

  /** RFC 4787, REQ-5: two minutes at least, five recommended. */
  private static final String STORE = "flags dynamic,timeout; size 65535; timeout 5m;";

  /** As long as the kernel keeps a connection that nobody has answered. */
  private static final String STRANGERS = "flags dynamic,timeout; size 65535; timeout 30s;";

  static final String TRANSPORT = "meta l4proto { tcp, udp }";
  private static final String ENDPOINT = "inet_proto . ipv4_addr . inet_service";

  private final NatKind kind;
  private final List<String> outer;
  private final Subnet lan;
  private final Prefix prefix;
  private final int zone;
  private final OuterPorts ports;
  private final PacketFilter filter;

  private NatRuleset(NatKind kind, List<Inet4Address> outer, Subnet lan, Prefix prefix, int life) {
    this.kind = kind;
    this.outer = outer.stream().map(Inet4Address::getHostAddress).toList();
    this.lan = lan;
    this.prefix = prefix;
    this.zone = life;
    this.ports = new OuterPorts(kind, outer, lan, life);
    this.filter = new PacketFilter(kind);
  }

  /**
   * The ruleset, which replaces the one before.
   *
   * @param outer the addresses on the outer side, as many as the kind's pool has
   * @param life 1 to 65535; another one than before when connections are to be forgotten
   */
  static String of(NatKind kind, List<Inet4Address> outer, Subnet lan, Prefix prefix, int life) {
    NatRuleset ruleset = new NatRuleset(kind, outer, lan, prefix, life);
    return ruleset.ipv4() + ruleset.ipv6();
  }

  private String ipv4() {
    return """
    table ip culvert
    delete table ip culvert
    table ip culvert {
      %s
      %s
      chain arriving {
        type nat hook prerouting priority dstnat;
        %s
      }
      chain leaving {
        type nat hook postrouting priority srcnat;
        oifname %s jump translate
        %s
      }
      %s
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
            zones(),
            arriving(),
            WAN,
            hairpinned("ip saddr " + lan + " ct status dnat jump translate"),
            ports.chains(),
            translate(),
            TRANSPORT,
            WAN,
            hairpinned(TRANSPORT + " ip saddr " + anyOuter() + " jump remember"),
            remember("original") + remember("reply"),
            input(),
            filter.forward());
  }

  private String zones() {
    return """
    chain received {
      type filter hook prerouting priority raw;
      ct zone set %1$d
    }
    chain sent {
      type filter hook output priority raw;
      ct zone set %1$d
    }
    """
        .formatted(zone);
  }

  private String stores() {
    String mapping =
        "map mapping { type %s%s : ipv4_addr . inet_service; %s }\n"
            .formatted(ENDPOINT, mapsByAddress() ? " . ipv4_addr" : "", STORE);
    return (keepsMappings() ? mapping : "")
        + "map inside { type %s : ipv4_addr . inet_service; %s }\n".formatted(ENDPOINT, STORE)
        + IntStream.range(0, outer.size())
            .mapToObj(
                n -> "set taken%d { type inet_proto . inet_service; %s }\n".formatted(n, STORE))
            .collect(joining())
        + "set permitted { type %s . ipv4_addr; %s }\n".formatted(ENDPOINT, STORE)
        + (answersStrangers()
            ? "set strangers { type %s . inet_service; %s }\n".formatted(ENDPOINT, STRANGERS)
            : "");
  }

  private String arriving() {
    String toInside =
        " ip daddr %s %s %%s dnat ip to meta l4proto . ip daddr . th dport map @inside\n"
            .formatted(anyOuter(), TRANSPORT);
    String fromWan =
        switch (kind.filtering()) {
          case ENDPOINT_INDEPENDENT -> "iifname " + WAN + toInside.formatted("");
          case ADDRESS_DEPENDENT ->
              "iifname "
                  + WAN
                  + toInside.formatted("meta l4proto . ip daddr . th dport . ip saddr @permitted");
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
    // The port of the mapping is not free towards a stranger: the kernel has to find another one.
    String strange =
        "meta l4proto . ip daddr . th dport . th sport @strangers snat ip to %s\n"
            .formatted(outer.getFirst());
    return "meta l4proto != { tcp, udp } snat ip to %s\n".formatted(outer.getFirst())
        + (answersStrangers() ? TRANSPORT + " " + strange : "")
        + (keepsMappings() ? TRANSPORT + " " + known : "")
        + ports.choice();
  }

  /** After the translation the packet has the outer endpoint; conntrack still knows the inner. */
  private String remember(String direction) {
    String inner = "ct %1$s ip saddr . ct %1$s proto-src".formatted(direction);
    String remote = "ct %s ip daddr".formatted(direction);
    String endpoint = "meta l4proto . ip saddr . th sport";
    return Stream.of("udp", "tcp")
        .flatMap(protocol -> {
          String age =
              kind.udpTimeout()
                  .filter(timeout -> protocol.equals("udp"))
                  .map(timeout -> " timeout " + timeout.toSeconds() + "s")
                  .orElse("");
          Stream<String> mapping =
              keepsMappings()
                  ? Stream.of(
                      "update @mapping { meta l4proto . %s%s%s : ip saddr . th sport }"
                          .formatted(inner, mapsByAddress() ? " . " + remote : "", age))
                  : Stream.of();
          Stream<String> taken =
              IntStream.range(0, outer.size())
                  .mapToObj(n ->
                      "ip saddr %s update @taken%d { meta l4proto . th sport%s }"
                          .formatted(outer.get(n), n, age));
          Stream<String> others =
              Stream.of(
                  "update @inside { %s%s : %s }".formatted(endpoint, age, inner),
                  "update @permitted { %s . %s%s }".formatted(endpoint, remote, age));
          return Stream.of(mapping, taken, others)
              .flatMap(rules -> rules)
              .map(rule ->
                  "ct direction %s meta l4proto %s %s\n".formatted(direction, protocol, rule));
        })
        .collect(joining());
  }

  private String input() {
    String strangers =
        "iifname %s ct state new %s update @strangers { meta l4proto . ip saddr . th sport . th dport }\n"
            .formatted(WAN, TRANSPORT);
    return "iifname %s ip daddr %s drop\n".formatted(LAN, anyOuter())
        + (answersStrangers() ? strangers : "")
        + filter.input();
  }

  private String ipv6() {
    return """
    table ip6 culvert
    delete table ip6 culvert
    table ip6 culvert {
      %s
      %s
      chain forward {
        type filter hook forward priority filter;
        %s
      }
    }
    """
        .formatted(
            zones(), kind.ipv6() == Ipv6.TRANSLATED ? translateIpv6() : "", filter.forwardIpv6());
  }

  private String translateIpv6() {
    return """
    chain leaving {
      type nat hook postrouting priority srcnat;
      oifname %1$s ip6 saddr %2$s snat ip6 prefix to %3$s
    }
    chain arriving {
      type nat hook prerouting priority dstnat;
      iifname %1$s ip6 daddr %3$s dnat ip6 prefix to %2$s
    }
    """
        .formatted(WAN, prefix, prefix.translated());
  }

  private String anyOuter() {
    return "{ " + String.join(", ", outer) + " }";
  }

  private boolean keepsMappings() {
    return kind.mapping() != Mapping.ADDRESS_AND_PORT_DEPENDENT;
  }

  private boolean mapsByAddress() {
    return kind.mapping() == Mapping.ADDRESS_DEPENDENT;
  }

  /** Only a mapping that preserves ports has the port that a stranger has sent to. */
  private boolean answersStrangers() {
    return kind.firewall() == Firewall.NONE
        && keepsMappings()
        && kind.ports() == PortAllocation.PRESERVING;
  }
}
