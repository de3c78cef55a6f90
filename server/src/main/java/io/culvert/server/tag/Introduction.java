package io.culvert.server.tag;

import io.culvert.wire.tag.TagMessage.Dial;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A caller that waits for its callee: first the callee is asked, then the caller is told. */
final class Introduction {
  /** Whose answer the server waits for. */
  enum Phase {
    ASKING_CALLEE,
    TELLING_CALLER,
    OVER
  }

  private final String token;
  private final Route caller;
  private final boolean callerProved;
  private final Optional<InetSocketAddress> callerLan;
  private final Registration callee;
  private final int dialLength;
  private Phase phase = Phase.ASKING_CALLEE;
  private @Nullable ServerRequest request;

  Introduction(
      String token,
      Dial dial,
      int dialLength,
      Route caller,
      Registration callerRegistration,
      Registration callee) {
    this.token = token;
    this.caller = caller;
    this.callerProved =
        callerRegistration.isProved() && callerRegistration.route().ip().equals(caller.ip());
    this.callerLan = dial.lan().or(callerRegistration::lan);
    this.callee = callee;
    this.dialLength = dialLength;
  }

  String token() {
    return token;
  }

  /** Where the dial came from. */
  Route caller() {
    return caller;
  }

  Optional<InetSocketAddress> callerLan() {
    return callerLan;
  }

  Registration callee() {
    return callee;
  }

  /** How long the datagram was that began it. */
  int dialLength() {
    return dialLength;
  }

  /** The punch socket is proved by the registration when both are behind one address. */
  boolean isCallerProved() {
    return callerProved;
  }

  /** Whether the server waits for the reply to that request of its own. */
  boolean isWaiting(Phase phase, long mid) {
    return this.phase == phase && request != null && request.mid() == mid;
  }

  Phase phase() {
    return phase;
  }

  @Nullable ServerRequest request() {
    return request;
  }

  void enter(Phase phase, @Nullable ServerRequest request) {
    this.phase = phase;
    this.request = request;
  }
}
