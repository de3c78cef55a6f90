package io.culvert.server.turn;

import io.culvert.server.turn.peer.PeerPolicy;
import io.culvert.wire.transport.udp.Endpoint;
import org.jspecify.annotations.Nullable;

/** A peer's address that an allocation exchanges data with (RFC 8656 §2.3). */
final class Permission {
  private final Endpoint address;
  private long endNanos;
  private @Nullable Endpoint last;
  private @Nullable Endpoint lastRoute;
  private @Nullable PeerPolicy lastPolicy;

  /** The address has port 0. */
  Permission(Endpoint address, long endNanos) {
    this.address = address;
    this.endNanos = endNanos;
  }

  Endpoint address() {
    return address;
  }

  long endNanos() {
    return endNanos;
  }

  void extend(long newEndNanos) {
    endNanos = newEndNanos;
  }

  /**
   * Where packets to this port of the address are sent; null where the policy forbids it. Asked for
   * the same port again, it has the answer at hand, but for ports of our own, which come and go.
   */
  @Nullable Endpoint route(int port, RelayAddress home, Resources resources) {
    if (home.isIpv4() != address.isIpv4()) {
      return null; // an IPv4-mapped address in a packet
    }
    PeerPolicy policy = resources.settings().peers();
    Endpoint known = last;
    boolean sameAsLast = known != null && known.port() == port && lastPolicy == policy;
    if (sameAsLast && !home.isAdvertised(address.high(), address.low())) {
      return lastRoute;
    }
    if (!sameAsLast || known == null) {
      known = new Endpoint(address.high(), address.low(), port);
      last = known;
      lastPolicy = policy;
    }
    lastRoute = resources.allowsOverUdp(known, home.isIpv4()) ? home.route(known) : null;
    return lastRoute;
  }
}
