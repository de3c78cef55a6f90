package io.culvert.lab.net;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How a router translates, in the terms of RFC 4787 (UDP) and RFC 5382 (TCP); every attribute holds
 * for both, but for the timeout. From these attributes the router's nftables ruleset is made.
 *
 * @param name what people call it, for reports
 * @param mapping when two packets from one inner address and port leave from the same outer port
 * @param filtering which packets from outside a mapping lets in
 * @param ports how the outer port of a new mapping is chosen
 * @param hairpin whether a host behind the router reaches another one there by its outer address
 *     and port; such packets are not filtered, and arrive from the sender's own outer address
 * @param firewall what happens to packets which belong to no mapping
 * @param pool the outer addresses and ports that mappings are made of
 * @param udpTimeout after how long without a packet a mapping of UDP is forgotten, in whole
 *     seconds; packets in either direction count for whether it lets packets in, those that go out
 *     for whether the same inner port gets the same outer one. Empty: as the kernel has it, 30 s,
 *     or 2 minutes once there was an answer, and 5 minutes for the outer port.
 * @param ipv6 what the router does with IPv6
 */
public record NatKind(
    String name,
    Mapping mapping,
    Filtering filtering,
    PortAllocation ports,
    boolean hairpin,
    Firewall firewall,
    Pool pool,
    Optional<Duration> udpTimeout,
    Ipv6 ipv6) {

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
    BLOCKS_TCP,
    /** They vanish, and hosts behind the router reach nothing but TCP ports 443. */
    ALLOWS_TCP_443,
    /** Nothing passes in either direction: who is behind it needs a proxy with two interfaces. */
    BLOCKS_ALL
  }

  /** RFC 4787, section 4.1: which address of the pool a host gets. */
  public enum Pooling {
    /** The same for all of its mappings. */
    PAIRED,
    /** Each mapping gets the one after the one before, whosoever that was. */
    ARBITRARY
  }

  /** What to do with IPv6. The firewall's rules about UDP, TCP and everything hold for it, too. */
  public enum Ipv6 {
    /** There is none on either side of the router. */
    NONE,
    /** Hosts behind the router have public addresses, and everybody reaches them. */
    ROUTED,
    /** They have public addresses, and what none of them has asked for does not get in. */
    FIREWALLED,
    /**
     * The internet sees them at other addresses, one each (RFC 6296); what none of them has asked
     * for does not get in.
     */
    TRANSLATED,
    /** They have public addresses, and nothing gets through: a tunnel that is broken. */
    BROKEN
  }

  /**
   * The addresses and ports that mappings are made of.
   *
   * @param addresses how many addresses, 1 to 16
   * @param pooling which of them a host gets
   * @param blockSize how many successive ports each host (RFC 6888's subscriber) has for itself, 64
   *     to 16384; 0 when they share all. Those that come too late for a block reach nobody.
   */
  public record Pool(int addresses, Pooling pooling, int blockSize) {
    static final Pool SINGLE = new Pool(1, Pooling.PAIRED, 0);

    public Pool {
      if (addresses < 1 || addresses > 16) {
        throw new IllegalArgumentException("A pool has 1 to 16 addresses, not " + addresses + ".");
      }
      if (blockSize != 0 && (blockSize < 64 || blockSize > 16_384)) {
        throw new IllegalArgumentException(
            "A block has 64 to 16384 ports, not " + blockSize + "; 0 stands for no blocks.");
      }
    }
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

  /** A carrier's: endpoint-independent mappings, random ports of a block of 512 for each host. */
  public static final NatKind CARRIER_GRADE =
      cone("carrier-grade", Filtering.ADDRESS_AND_PORT_DEPENDENT)
          .withPorts(PortAllocation.RANDOM)
          .withPortBlocks(512)
          .withName("carrier-grade");

  /**
   * A port-restricted router that answers what nobody has asked for, with an error. What comes too
   * early from a peer also occupies the port towards that peer: who sends to it then leaves from
   * another one.
   */
  public static final NatKind ANSWERING =
      PORT_RESTRICTED.withFirewall(Firewall.NONE).withName("answering");

  /** A port-restricted router of a strict office: web servers over TLS and nothing else. */
  public static final NatKind ONLY_TCP_443 =
      PORT_RESTRICTED.withFirewall(Firewall.ALLOWS_TCP_443).withName("only-tcp-443");

  /** The router of an office that has a proxy for everything. */
  public static final NatKind CLOSED =
      PORT_RESTRICTED.withFirewall(Firewall.BLOCKS_ALL).withName("closed");

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
    if (pool.blockSize() > 0 && ports != PortAllocation.RANDOM) {
      throw new IllegalArgumentException("Within a block of ports, they are RANDOM.");
    }
    if (mapping == Mapping.NONE && ipv6 != Ipv6.NONE && ipv6 != Ipv6.ROUTED) {
      throw new IllegalArgumentException(
          "Without a router nobody filters IPv6: choose ROUTED or NONE.");
    }
    udpTimeout.ifPresent(timeout -> {
      if (timeout.getNano() != 0 || timeout.getSeconds() < 1 || timeout.toDays() > 0) {
        throw new IllegalArgumentException(
            "A UDP timeout has whole seconds, 1 to 86399, and is not " + timeout + ".");
      }
    });
  }

  /** A kind with one address, without blocks of ports, with the kernel's timeouts and no IPv6. */
  public NatKind(
      String name,
      Mapping mapping,
      Filtering filtering,
      PortAllocation ports,
      boolean hairpin,
      Firewall firewall) {
    this(
        name,
        mapping,
        filtering,
        ports,
        hairpin,
        firewall,
        Pool.SINGLE,
        Optional.empty(),
        Ipv6.NONE);
  }

  /** This kind, with hairpin. */
  public NatKind withHairpin() {
    return new NatKind(
        name + "+hairpin", mapping, filtering, ports, true, firewall, pool, udpTimeout, ipv6);
  }

  public NatKind withFirewall(Firewall other) {
    return new NatKind(name, mapping, filtering, ports, hairpin, other, pool, udpTimeout, ipv6);
  }

  public NatKind withName(String other) {
    return new NatKind(other, mapping, filtering, ports, hairpin, firewall, pool, udpTimeout, ipv6);
  }

  /** This kind, with other ports for new mappings. */
  public NatKind withPorts(PortAllocation other) {
    return new NatKind(
        name + "+" + lower(other) + " ports",
        mapping,
        filtering,
        other,
        hairpin,
        firewall,
        pool,
        udpTimeout,
        ipv6);
  }

  /** This kind, with so many outer addresses. */
  public NatKind withAddresses(int count, Pooling pooling) {
    return withPool(
        "+" + count + " " + lower(pooling) + " addresses",
        new Pool(count, pooling, pool.blockSize()));
  }

  /** This kind, with so many successive ports for each host. */
  public NatKind withPortBlocks(int size) {
    return withPool("+blocks of " + size, new Pool(pool.addresses(), pool.pooling(), size));
  }

  private NatKind withPool(String suffix, Pool other) {
    return new NatKind(
        name + suffix, mapping, filtering, ports, hairpin, firewall, other, udpTimeout, ipv6);
  }

  /** This kind, with mappings of UDP that are forgotten after so many seconds without a packet. */
  public NatKind withUdpTimeout(Duration idle) {
    return new NatKind(
        name + "+" + idle.toSeconds() + " s",
        mapping,
        filtering,
        ports,
        hairpin,
        firewall,
        pool,
        Optional.of(idle),
        ipv6);
  }

  /** This kind, with IPv6 beside IPv4. */
  public NatKind withIpv6(Ipv6 other) {
    return new NatKind(
        name + "+ipv6 " + lower(other),
        mapping,
        filtering,
        ports,
        hairpin,
        firewall,
        pool,
        udpTimeout,
        other);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
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
