package io.culvert.server.tag;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/** A client that others can dial. Two are equal when they are the same. */
final class Registration {
  private final String tag;
  private Route route;
  private Optional<InetSocketAddress> lan;
  private Instant heard;
  private boolean proved;

  Registration(String tag, Route route, Optional<InetSocketAddress> lan, Instant now) {
    this.tag = tag;
    this.route = route;
    this.lan = lan;
    this.heard = now;
  }

  String tag() {
    return tag;
  }

  Route route() {
    return route;
  }

  Optional<InetSocketAddress> lan() {
    return lan;
  }

  Instant heard() {
    return heard;
  }

  /** Whether somebody at this address has received what was sent there. */
  boolean isProved() {
    return proved;
  }

  void renew(Optional<InetSocketAddress> lan, Instant now) {
    this.lan = lan;
    this.heard = now;
  }

  /** The client itself was heard on this route. */
  void hear(Route route, Instant now) {
    this.route = route;
    this.heard = now;
  }

  void prove() {
    proved = true;
  }
}
