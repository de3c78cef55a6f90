package io.culvert.traversal.tcp;

import io.culvert.traversal.PeerAddresses;
import java.time.Duration;
import java.util.StringJoiner;

/**
 * Why no link came about.
 *
 * @param reason what happened
 * @param sentence the same for people, with the evidence
 */
public record PunchFailure(Reason reason, String sentence) {
  /** What kept the peers apart. */
  public enum Reason {
    /** No connection came up at all. */
    NOTHING_CAME_THROUGH,
    /** Connections came up, but none of them led to the peer. */
    ONLY_STRANGERS,
    /** A connection came up, but the peer did not speak on it. */
    PEER_WENT_SILENT
  }

  /**
   * What the punch has seen.
   *
   * @param took from the start to giving up
   * @param attempts dials in all
   * @param refused how many of them were answered with a reset
   * @param unreachable how many of them found no way to the address
   */
  record Evidence(Duration took, int attempts, int refused, int unreachable) {
    String attempted() {
      int unanswered = attempts - refused - unreachable;
      StringJoiner parts = new StringJoiner(", ", attempts + " attempts: ", "");
      if (unanswered > 0) {
        parts.add(unanswered + " unanswered");
      }
      if (refused > 0) {
        parts.add(refused + " refused");
      }
      if (unreachable > 0) {
        parts.add(unreachable + " without a route");
      }
      return parts.toString();
    }
  }

  static PunchFailure of(Reason reason, String peer, PeerAddresses addresses, Evidence evidence) {
    return new PunchFailure(
        reason,
        switch (reason) {
          case NOTHING_CAME_THROUGH ->
              "Nothing got through to %s at %s in %d s (%s). %s"
                  .formatted(
                      peer,
                      show(addresses),
                      evidence.took().toSeconds(),
                      evidence.attempted(),
                      suspicion(peer, addresses));
          case ONLY_STRANGERS ->
              "Only strangers answered on the addresses of %s; nothing got through to %s itself at %s in %d s."
                  .formatted(peer, peer, show(addresses), evidence.took().toSeconds());
          case PEER_WENT_SILENT ->
              "A connection to %s came up, but %s did not speak on it; it may have gone away."
                  .formatted(peer, peer);
        });
  }

  private static String suspicion(String peer, PeerAddresses addresses) {
    return addresses.samePort()
        ? "Perhaps %s is gone, a firewall forbids it, or this side's NAT picks a new port for every destination (a symmetric NAT)."
            .formatted(peer)
        : "The NAT of %s made port %d of port %d: probably it picks a new one for every destination (a symmetric NAT), which a TCP punch cannot pass."
            .formatted(
                peer,
                addresses.observed().orElseThrow().getPort(),
                addresses.local().orElseThrow().getPort());
  }

  private static String show(PeerAddresses addresses) {
    return addresses
        .observed()
        .or(addresses::local)
        .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
        .orElse("no address");
  }
}
