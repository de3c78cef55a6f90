package io.culvert.lab.net;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pair of veth interfaces: from a port of a {@link Segment}'s bridge to a machine. When packets
 * are to be delayed or doubled a {@link Wire} comes between port and bridge, for good; the machine
 * does not notice. Safe for use by several threads.
 */
final class Cable {
  private static final int GSO_UNLIMITED = 65_535;

  /** In frames: what may come in while the wire's thread gets no turn. */
  private static final int WIRE_QUEUE = 10_000;

  private record End(Namespace namespace, String device) {}

  private final Namespace bridge;
  private final String port;
  private final List<End> ends;
  private @Nullable Wire wire;
  private boolean stopped;

  Cable(Namespace bridge, String port, Namespace machine, String device) {
    this.bridge = bridge;
    this.port = port;
    this.ends = List.of(new End(bridge, port), new End(machine, device));
  }

  /**
   * Loses that share of the IP packets in each direction. Each is dropped where it arrives: where
   * it is sent the kernel would tell the sender. ARP and its IPv6 counterpart get through, or else
   * the sender would hear after a few seconds that there is no such host.
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
    String rules =
        percent == 0
            ? ""
            : """
            meta protocol ip6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
            meta protocol { ip, ip6 } numgen random mod 100 <= %d drop
            """
                .formatted(percent - 1);
    end.namespace().nft(arriving(end.device(), rules));
  }

  private static String arriving(String device, String rules) {
    return """
    table netdev %1$s
    delete table netdev %1$s
    table netdev %1$s {
      chain arriving {
        type filter hook ingress device %1$s priority filter;
        %2$s
      }
    }
    """
        .formatted(device, rules);
  }

  /** Delays what the machine sends, and what it receives. */
  synchronized void delay(Delay sent, Delay received) {
    wire().delay(sent, received);
  }

  /** Has all packets arrive twice, or once as usual. */
  synchronized void duplicate(boolean wanted) {
    wire().duplicate(wanted);
  }

  private Wire wire() {
    if (stopped) {
      throw new LabException("The cable of '" + bridge.name() + "' is gone: its lab is closed.");
    }
    if (wire == null) {
      wire = layWire();
    }
    return wire;
  }

  private Wire layWire() {
    String near = port + "-near";
    String far = port + "-far";
    String joint = port + "-joint";
    Wire made = new Wire(bridge, near, far);
    try {
      String settings = " txqueuelen " + WIRE_QUEUE + " group " + Segment.CABLES;
      bridge.ip("link add " + joint + " group " + Segment.CABLES + " type bridge");
      // It joins the two and is no way into the carrier: that would answer ARP on it.
      bridge.nft(arriving(joint, "drop"));
      bridge.ip(
          "link set " + joint + " up",
          "link set " + near + settings + " master " + joint + " up",
          "link set " + far + settings + " master " + Segment.BRIDGE + " up",
          "link set " + port + " master " + joint);
      return made;
    } catch (LabException e) {
      made.close();
      throw e;
    }
  }

  /** Ends what this process does for the cable. */
  synchronized void stop() {
    stopped = true;
    if (wire != null) {
      wire.close();
    }
  }

  /** Takes it away, with the devices at its ends. */
  synchronized void remove() {
    stop();
    bridge.ip("link delete " + port);
    if (wire != null) {
      bridge.ip("link delete " + port + "-joint");
    }
  }
}
