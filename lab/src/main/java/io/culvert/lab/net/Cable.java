package io.culvert.lab.net;

import java.util.List;

/** A pair of veth interfaces: from a port of a {@link Segment}'s bridge to a machine. */
final class Cable {
  private static final int GSO_UNLIMITED = 65_535;

  private record End(Namespace namespace, String device) {}

  private final List<End> ends;

  Cable(Namespace bridge, String port, Namespace machine, String device) {
    this.ends = List.of(new End(bridge, port), new End(machine, device));
  }

  /**
   * Loses that share of the IPv4 packets in each direction. Each is dropped where it arrives: where
   * it is sent the kernel would tell the sender. ARP gets through, or else the sender would hear
   * after a few seconds that there is no such host.
   */
  synchronized void lose(int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("No cable loses " + percent + " % of its packets.");
    }
    for (End end : ends) {
      lose(percent, end);
    }
  }

  private static void lose(int percent, End end) {
    // What is one burst of TCP to the kernel is many packets on a wire, each with a fate of its
    // own.
    int burst = percent == 0 ? GSO_UNLIMITED : 1;
    end.namespace().ip("link set " + end.device() + " gso_max_segs " + burst);
    String rule =
        percent == 0
            ? ""
            : "meta protocol ip numgen random mod 100 <= %d drop".formatted(percent - 1);
    end.namespace()
        .nft(
            """
            table netdev %1$s
            delete table netdev %1$s
            table netdev %1$s {
              chain arriving {
                type filter hook ingress device %1$s priority filter;
                %2$s
              }
            }
            """
                .formatted(end.device(), rule));
  }
}
