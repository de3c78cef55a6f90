package io.culvert.traversal.ice;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A NAT in front of one peer that has one socket; none of its kinds forgets anything. */
final class PaperNat {
  enum Kind {
    /** The peer has a public address. */
    NONE,
    /** Endpoint-independent mapping, address- and port-dependent filtering. */
    PORT_RESTRICTED,
    /** The same, but who is too early occupies the port: what goes there gets another one. */
    ANSWERING,
    /** Another port for each destination, and the same filtering. */
    SYMMETRIC
  }

  private final Kind kind;
  private final InetSocketAddress inside;
  private final String publicIp;
  private final Map<InetSocketAddress, Integer> ports = new HashMap<>();
  private final Set<InetSocketAddress> sentTo = new HashSet<>();
  private final Set<InetSocketAddress> strangers = new HashSet<>();

  PaperNat(Kind kind, InetSocketAddress inside, String publicIp) {
    this.kind = kind;
    this.inside = inside;
    this.publicIp = publicIp;
  }

  /** The address that a datagram to there gets. */
  InetSocketAddress out(InetSocketAddress to) {
    sentTo.add(to);
    return switch (kind) {
      case NONE -> inside;
      case PORT_RESTRICTED -> usual();
      case ANSWERING -> strangers.contains(to) ? new InetSocketAddress(publicIp, 60_000) : usual();
      case SYMMETRIC ->
          new InetSocketAddress(publicIp, ports.computeIfAbsent(to, _ -> 50_000 + ports.size()));
    };
  }

  /** Whether a datagram to that address comes through. */
  boolean in(InetSocketAddress from, InetSocketAddress to) {
    return switch (kind) {
      case NONE -> to.equals(inside);
      case PORT_RESTRICTED -> to.equals(usual()) && sentTo.contains(from);
      case ANSWERING -> {
        if (to.getHostString().equals(publicIp) && !sentTo.contains(from)) {
          strangers.add(from);
        }
        yield sentTo.contains(from) && to.equals(out(from));
      }
      case SYMMETRIC ->
          to.getHostString().equals(publicIp) && ports.getOrDefault(from, 0) == to.getPort();
    };
  }

  private InetSocketAddress usual() {
    return new InetSocketAddress(publicIp, inside.getPort());
  }

  /** The mapping that a STUN server sees, which is told to the peer. */
  InetSocketAddress reflexive() {
    return out(new InetSocketAddress("203.0.113.9", 3478));
  }
}
