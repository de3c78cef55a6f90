package io.culvert.lab.sim;

import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Mapping;

/**
 * How a NAT treats UDP, in the terms of RFC 4787. With {@link Mapping#NONE} it is a stateful
 * firewall, which translates nothing.
 *
 * @param mapping when two packets from one inner endpoint leave from the same outer one
 * @param filtering which packets from outside a mapping lets in
 * @param ports how the outer port of a new mapping is chosen
 * @param expiry when mappings, and the permissions in them, end
 * @param hairpin whether those inside reach each other by outer addresses
 * @param pooling which outer address a mapping gets where there are several
 * @param table how many flows, each from an inner to a remote endpoint, it keeps in mind; when the
 *     table is full no new ones get out
 * @param firewall what happens to packets that no mapping lets in. {@link Firewall#NONE} answers
 *     them, and leaves behind what Linux leaves: for {@link Nat#CLAIM} nobody inside gets that
 *     outer endpoint for that remote one, so that a packet on its way out gets another port. {@link
 *     Firewall#BLOCKS_UDP} lets no UDP pass at all
 */
public record NatBehavior(
    Mapping mapping,
    Filtering filtering,
    PortAllocation ports,
    Expiry expiry,
    Hairpin hairpin,
    Pooling pooling,
    int table,
    Firewall firewall) {
  /** A table that is never full. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  public static final NatBehavior FULL_CONE = of(NatKind.FULL_CONE);
  public static final NatBehavior ADDRESS_RESTRICTED = of(NatKind.ADDRESS_RESTRICTED);

  /** The usual home router. */
  public static final NatBehavior PORT_RESTRICTED = of(NatKind.PORT_RESTRICTED);

  public static final NatBehavior SYMMETRIC = of(NatKind.SYMMETRIC);
  public static final NatBehavior SYMMETRIC_SEQUENTIAL = of(NatKind.SYMMETRIC_SEQUENTIAL);
  public static final NatBehavior UDP_BLOCKED = of(NatKind.UDP_BLOCKED);

  /** A home router's firewall for IPv6, where nothing is translated. */
  public static final NatBehavior STATEFUL_FIREWALL = PORT_RESTRICTED.withMapping(Mapping.NONE);

  /** A firewall that lets no UDP pass: addresses that lead nowhere. */
  public static final NatBehavior UDP_BLOCKED_FIREWALL =
      STATEFUL_FIREWALL.withFirewall(Firewall.BLOCKS_UDP);

  /** No firewall: everything passes, as between routers of the internet. */
  public static final NatBehavior OPEN = of(NatKind.OPEN);

  /**
   * The same behaviour as a router of the laboratory of kernel NATs has, but for hairpins: there
   * they pass no filter.
   */
  public static NatBehavior of(NatKind kind) {
    return new NatBehavior(
        kind.mapping(),
        kind.filtering(),
        switch (kind.ports()) {
          case PRESERVING -> new PortAllocation.Preserving();
          case RANDOM -> new PortAllocation.Random();
          case SEQUENTIAL -> new PortAllocation.Sequential(1);
        },
        Expiry.USUAL,
        kind.hairpin() ? Hairpin.EXTERNAL_SOURCE : Hairpin.OFF,
        Pooling.PAIRED,
        UNLIMITED,
        kind.firewall());
  }

  /** Whether everything passes as it is. */
  public boolean isOpen() {
    return mapping == Mapping.NONE && filtering == Filtering.ENDPOINT_INDEPENDENT;
  }

  /** Whether an inner endpoint has one outer endpoint, whatever it sends to. */
  public boolean isStable() {
    return mapping == Mapping.NONE || mapping == Mapping.ENDPOINT_INDEPENDENT;
  }

  /** Whether it answers what no mapping lets in. */
  public boolean answers() {
    return firewall == Firewall.NONE;
  }

  public boolean blocksUdp() {
    return firewall == Firewall.BLOCKS_UDP;
  }

  public NatBehavior withMapping(Mapping other) {
    return new NatBehavior(other, filtering, ports, expiry, hairpin, pooling, table, firewall);
  }

  public NatBehavior withFiltering(Filtering other) {
    return new NatBehavior(mapping, other, ports, expiry, hairpin, pooling, table, firewall);
  }

  public NatBehavior withPorts(PortAllocation other) {
    return new NatBehavior(mapping, filtering, other, expiry, hairpin, pooling, table, firewall);
  }

  public NatBehavior withExpiry(Expiry other) {
    return new NatBehavior(mapping, filtering, ports, other, hairpin, pooling, table, firewall);
  }

  public NatBehavior withHairpin(Hairpin other) {
    return new NatBehavior(mapping, filtering, ports, expiry, other, pooling, table, firewall);
  }

  public NatBehavior withPooling(Pooling other) {
    return new NatBehavior(mapping, filtering, ports, expiry, hairpin, other, table, firewall);
  }

  public NatBehavior withTable(int flows) {
    return new NatBehavior(mapping, filtering, ports, expiry, hairpin, pooling, flows, firewall);
  }

  public NatBehavior withFirewall(Firewall other) {
    return new NatBehavior(mapping, filtering, ports, expiry, hairpin, pooling, table, other);
  }

  /** The same that answers unsolicited packets. */
  public NatBehavior answering() {
    return withFirewall(Firewall.NONE);
  }
}
