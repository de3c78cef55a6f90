package io.culvert.server.turn;

import io.culvert.wire.transport.udp.Endpoint;

/** A number that stands for a peer (RFC 8656 §2.5). */
final class Channel {
  private final int number;
  private final Endpoint peer;
  private final Relay relay;
  private final Endpoint route;
  private final boolean ours;
  private long endNanos;

  /**
   * A channel to a peer.
   *
   * @param relay what the peer's packets leave through
   */
  Channel(int number, Endpoint peer, Relay relay, long endNanos) {
    this.number = number;
    this.peer = peer;
    this.relay = relay;
    this.route = relay.home().route(peer);
    this.ours = relay.home().isAdvertised(peer.high(), peer.low());
    this.endNanos = endNanos;
  }

  int number() {
    return number;
  }

  Endpoint peer() {
    return peer;
  }

  Relay relay() {
    return relay;
  }

  /** Where packets to the peer are sent. */
  Endpoint route() {
    return route;
  }

  /**
   * Whether the peer may still be sent to: who opens a port of our own after the relay there has
   * been closed is another program, or may be one.
   */
  boolean isOpen(Resources resources) {
    return !ours
        || relay.home().udp().contains(peer.port())
        || resources.allowsOverUdp(peer, relay.isIpv4());
  }

  long endNanos() {
    return endNanos;
  }

  void extend(long newEndNanos) {
    endNanos = newEndNanos;
  }
}
