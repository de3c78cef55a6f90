package io.culvert.lab.net;

/**
 * How a router translates, in the terms of RFC 4787 (UDP) and RFC 5382 (TCP); every attribute holds
 * for both. From these attributes the router's nftables ruleset is made.
 *
 * @param name what people call it, for reports
 * @param mapping when two packets from one inner address and port leave from the same outer port
 * @param filtering which packets from outside a mapping lets in
 * @param ports how the outer port of a new mapping is chosen
 * @param hairpin whether a host behind the router reaches another one there by its outer address
 *     and port; such packets are not filtered, and arrive from the sender's own outer address
 * @param firewall what happens to packets which belong to no mapping
 */
public record NatKind(
    String name,
    Mapping mapping,
    Filtering filtering,
    PortAllocation ports,
    boolean hairpin,
    Firewall firewall) {

  /** RFC 4787, section 4.1. */
  public enum Mapping {
    /** No translation: the host has an address on the internet. */
    NONE,
    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT
  }

  /** RFC 4787, section 5. */
  public enum Filtering {
    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT
  }

  /** RFC 4787, section 4.2. */
  public enum PortAllocation {
    /** The inner port, or a random one when another host behind the router has that. */
    PRESERVING,
    /** Any from 1024 on. */
    RANDOM,
    /** Each mapping gets the port after the one before, UDP and TCP counted together. */
    SEQUENTIAL
  }

  /** What a router does with packets that no mapping claims. */
  public enum Firewall {
    /** The router itself answers them, with an ICMP error or a TCP reset. */
    NONE,
    /** They vanish, as at a home router. */
    DROPS_UNSOLICITED,
    /** They vanish, and no UDP passes in either direction. */
    BLOCKS_UDP,
    /** They vanish, and no TCP passes in either direction. */
    BLOCKS_TCP
  }

  /** A host directly on the internet, behind no router. */
  public static final NatKind OPEN =
      new NatKind(
          "open",
          Mapping.NONE,
          Filtering.ENDPOINT_INDEPENDENT,
          PortAllocation.PRESERVING,
          false,
          Firewall.NONE);

  public static final NatKind FULL_CONE = cone("full-cone", Filtering.ENDPOINT_INDEPENDENT);

  public static final NatKind ADDRESS_RESTRICTED =
      cone("address-restricted", Filtering.ADDRESS_DEPENDENT);

  /** The usual home router. */
  public static final NatKind PORT_RESTRICTED =
      cone("port-restricted", Filtering.ADDRESS_AND_PORT_DEPENDENT);

  public static final NatKind SYMMETRIC = symmetric("symmetric", PortAllocation.RANDOM);

  public static final NatKind SYMMETRIC_SEQUENTIAL =
      symmetric("symmetric-sequential", PortAllocation.SEQUENTIAL);

  /** A port-restricted router that lets only TCP pass. */
  public static final NatKind UDP_BLOCKED =
      PORT_RESTRICTED.withFirewall(Firewall.BLOCKS_UDP).withName("udp-blocked");

  /** A port-restricted router that lets no TCP pass. */
  public static final NatKind TCP_BLOCKED =
      PORT_RESTRICTED.withFirewall(Firewall.BLOCKS_TCP).withName("tcp-blocked");

  public NatKind {
    if (ports == PortAllocation.PRESERVING
        && (mapping == Mapping.ADDRESS_DEPENDENT
            || mapping == Mapping.ADDRESS_AND_PORT_DEPENDENT)) {
      throw new IllegalArgumentException(
          "A mapping that depends on the destination cannot preserve ports: choose RANDOM or"
              + " SEQUENTIAL.");
    }
  }

  /** This kind, with hairpin. */
  public NatKind withHairpin() {
    return new NatKind(name + "+hairpin", mapping, filtering, ports, true, firewall);
  }

  public NatKind withFirewall(Firewall other) {
    return new NatKind(name, mapping, filtering, ports, hairpin, other);
  }

  public NatKind withName(String other) {
    return new NatKind(other, mapping, filtering, ports, hairpin, firewall);
  }

  @Override
  public String toString() {
    return name;
  }

  private static NatKind cone(String name, Filtering filtering) {
    return new NatKind(
        name,
        Mapping.ENDPOINT_INDEPENDENT,
        filtering,
        PortAllocation.PRESERVING,
        false,
        Firewall.DROPS_UNSOLICITED);
  }

  private static NatKind symmetric(String name, PortAllocation ports) {
    return new NatKind(
        name,
        Mapping.ADDRESS_AND_PORT_DEPENDENT,
        Filtering.ADDRESS_AND_PORT_DEPENDENT,
        ports,
        false,
        Firewall.DROPS_UNSOLICITED);
  }
}
