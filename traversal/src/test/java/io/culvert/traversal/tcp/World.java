package io.culvert.traversal.tcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;

/**
 * What lies between two peers, one of many.
 *
 * @param sameLan whether they reach each other at their local addresses
 * @param hairpin whether peers in one network reach each other at their public addresses as well
 * @param lanDelay one way within a local network
 * @param wanDelay one way between their public addresses; varies by a fifth
 * @param inviterLag how much later than the callee the inviter starts
 * @param losses how many packets are lost in all, at most
 */
record World(
    long seed,
    boolean sameLan,
    boolean hairpin,
    Side inviter,
    Side callee,
    Duration lanDelay,
    Duration wanDelay,
    Duration inviterLag,
    int losses) {

  /** Below this, one way, a punch must succeed; no cable is that long. */
  private static final Duration SLOW = Duration.ofMillis(300);

  private static final Duration[] WAN_DELAYS = {
    Duration.ofMillis(20),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    SLOW,
    Duration.ofMillis(500)
  };

  /** What a NAT does to the port of an outgoing connection. */
  enum Mapping {
    /** There is no NAT: the local address is the public one. */
    NONE,
    PORT_KEPT,
    PORT_CHANGED,
    /** The peer sees another port than the server did. */
    SYMMETRIC
  }

  /** From whom a NAT or firewall lets a connection in. */
  enum Filtering {
    ANYBODY,
    /** Whoever has an address that was dialled before. */
    DIALED_ADDRESS,
    /** Whoever has an address and a port that were dialled before. */
    DIALED_PORT
  }

  /** What is to be found at the peer's local address, when it is not the peer. */
  enum Elsewhere {
    SILENCE,
    NO_ROUTE,
    REFUSAL,
    STRANGER_WITHOUT_A_WORD,
    STRANGER_WITH_ANOTHER_NAME,
    STRANGER_WHO_HANGS_UP
  }

  /**
   * One peer and its NAT.
   *
   * @param refuses whether what the filter keeps out is answered with a reset
   */
  record Side(
      String name,
      InetSocketAddress local,
      InetSocketAddress observed,
      InetSocketAddress towardsPeer,
      Mapping mapping,
      Filtering filtering,
      boolean refuses,
      Elsewhere elsewhere) {

    boolean behindNat() {
      return mapping != Mapping.NONE;
    }
  }

  static World of(long seed) {
    Random random = new Random(seed);
    boolean sameLan = random.nextInt(4) == 0;
    return new World(
        seed,
        sameLan,
        random.nextBoolean(),
        side(random, "inviter", 1, sameLan),
        side(random, "callee", 2, sameLan),
        Duration.ofNanos(random.nextLong(10_000_000)),
        Duration.ofNanos(random.nextLong(any(random, WAN_DELAYS).toNanos())),
        Duration.ofNanos(random.nextLong(500_000_000)),
        random.nextInt(3));
  }

  private static Side side(Random random, String name, int number, boolean sameLan) {
    Mapping mapping = any(random, Mapping.values());
    Filtering filtering = any(random, Filtering.values());
    if (sameLan && mapping == Mapping.NONE) {
      mapping = Mapping.PORT_KEPT;
    }
    if (mapping == Mapping.SYMMETRIC && filtering == Filtering.ANYBODY) {
      filtering = Filtering.DIALED_PORT;
    }
    int port = 4000 + number;
    String wan = "203.0.113." + number;
    InetSocketAddress local = address(mapping == Mapping.NONE ? wan : "192.168.1." + number, port);
    InetSocketAddress observed =
        address(
            wan,
            switch (mapping) {
              case NONE, PORT_KEPT -> port;
              case PORT_CHANGED, SYMMETRIC -> port + 20_000;
            });
    InetSocketAddress towardsPeer =
        mapping == Mapping.SYMMETRIC ? address(wan, port + 30_000) : observed;
    return new Side(
        name,
        local,
        observed,
        towardsPeer,
        mapping,
        filtering,
        random.nextInt(3) == 0,
        any(random, Elsewhere.values()));
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  Side peerOf(Side side) {
    return side.equals(inviter) ? callee : inviter;
  }

  /** Whether there is a way at all. */
  boolean passable() {
    return sameLan || (letsIn(inviter, callee) || letsIn(callee, inviter));
  }

  /**
   * Whether round trips take so long that the attempts of both sides may keep interrupting each
   * other. Then a punch may fail, but the peers must agree on that.
   */
  boolean slow() {
    return !sameLan && wanDelay.compareTo(SLOW) >= 0;
  }

  /** Whether a dial of {@code dialing} can come through to the other, who dials as well. */
  private static boolean letsIn(Side dialing, Side other) {
    boolean knownPort = dialing.mapping() != Mapping.SYMMETRIC;
    return other.mapping() != Mapping.SYMMETRIC
        && switch (other.filtering()) {
          case ANYBODY, DIALED_ADDRESS -> true;
          case DIALED_PORT -> knownPort;
        };
  }
}
