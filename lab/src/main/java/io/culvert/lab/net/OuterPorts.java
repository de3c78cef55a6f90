package io.culvert.lab.net;

import static java.util.stream.Collectors.joining;

import java.net.Inet4Address;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The part of a {@link NatRuleset} that finds an outer address and port for a new mapping: {@link
 * #choice} takes one address of the pool and goes on in its chain, which finds the port.
 */
final class OuterPorts {
  /** What a ruleset has room for: the kernel takes some 200 KB in one transaction. */
  private static final int SEQUENCE = 4096;

  private static final int FIRST_BLOCK = 1024;
  private static final int PORTS = 65_536;

  /** The lowest address is the router's own. */
  private static final int FIRST_SUBSCRIBER = 2;

  private final NatKind kind;
  private final List<Inet4Address> outer;
  private final Subnet lan;
  private final int life;

  OuterPorts(NatKind kind, List<Inet4Address> outer, Subnet lan, int life) {
    this.kind = kind;
    this.outer = outer;
    this.lan = lan;
    this.life = life;
  }

  /** The rule that ends in one of the chains. */
  String choice() {
    if (outer.size() == 1) {
      return "goto outer0\n";
    }
    String number =
        switch (kind.pool().pooling()) {
          // A reboot deals anew.
          case PAIRED -> "jhash ip saddr mod %d seed %d".formatted(outer.size(), life);
          case ARBITRARY -> "numgen inc mod " + outer.size();
        };
    String chains =
        addresses().mapToObj(n -> "%1$d : goto outer%1$d".formatted(n)).collect(joining(", "));
    return "%s vmap { %s }\n".formatted(number, chains);
  }

  String chains() {
    return addresses()
        .mapToObj(n -> "chain outer%d {\n%s}\n".formatted(n, rules(n)))
        .collect(joining());
  }

  private IntStream addresses() {
    return IntStream.range(0, outer.size());
  }

  private String rules(int number) {
    String address = outer.get(number).getHostAddress();
    return switch (kind.ports()) {
      case PRESERVING ->
          """
          %1$s meta l4proto . th sport @taken%2$d snat ip to %3$s fully-random
          %1$s snat ip to %3$s
          """
              .formatted(NatRuleset.TRANSPORT, number, address);
      case RANDOM ->
          kind.pool().blockSize() > 0
              ? blocks(address)
              : "%s snat ip to %s fully-random\n".formatted(NatRuleset.TRANSPORT, address);
      case SEQUENTIAL -> sequence(outer.get(number));
    };
  }

  /** As a table: numgen counts in the byte order of the machine, ports are in the network's. */
  private String sequence(Inet4Address address) {
    int length = SEQUENCE / outer.size();
    // Two sequential routers must not count in step: a guess at one could hit by accident.
    int first = 20_000 + 150 * Byte.toUnsignedInt(address.getAddress()[3]);
    String ports =
        IntStream.range(0, length).mapToObj(n -> n + " : " + (first + n)).collect(joining(", "));
    return "%s snat ip to %s : numgen inc mod %d map { %s }\n"
        .formatted(NatRuleset.TRANSPORT, address.getHostAddress(), length, ports);
  }

  private String blocks(String address) {
    int size = kind.pool().blockSize();
    int count = Math.min((PORTS - FIRST_BLOCK) / size, lan.hosts() - FIRST_SUBSCRIBER + 1);
    String subscribers =
        IntStream.range(0, count)
            .mapToObj(n ->
                "%s : %s . %d-%d"
                    .formatted(
                        lan.host(FIRST_SUBSCRIBER + n).getHostAddress(),
                        address,
                        FIRST_BLOCK + n * size,
                        FIRST_BLOCK + (n + 1) * size - 1))
            .collect(joining(", "));
    return """
    %s snat ip to ip saddr map { %s } fully-random
    drop
    """
        .formatted(NatRuleset.TRANSPORT, subscribers);
  }
}
