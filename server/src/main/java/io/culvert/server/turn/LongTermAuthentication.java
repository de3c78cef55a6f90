package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.turn.auth.Authenticator;
import io.culvert.server.turn.auth.ChallengeLimit;
import io.culvert.server.turn.auth.Verdict;
import io.culvert.server.turn.tcp.UnboundConnections;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Long-term credentials (RFC 8489 §9.2): who has none is challenged, though not too often. */
final class LongTermAuthentication implements Authentication {
  /** The first byte of 127.0.0.0/8, which nobody can forge from elsewhere. */
  private static final int LOOPBACK = 127;

  private final Authenticator authenticator;
  private final ChallengeLimit limit;
  private final UnboundConnections unbound;
  private final Counters<TurnCounter> counters;

  LongTermAuthentication(
      Authenticator authenticator,
      ChallengeLimit limit,
      UnboundConnections unbound,
      Counters<TurnCounter> counters) {
    this.authenticator = authenticator;
    this.limit = limit;
    this.unbound = unbound;
    this.counters = counters;
  }

  @Override
  public boolean identifies(Exchange exchange, long nowNanos) {
    Endpoint client = exchange.client().remote();
    ByteBuf message = exchange.request().reader().buffer();
    Verdict verdict = judge(message, client, nowNanos);
    Endpoint control = verdict == Verdict.Refused.STALE_NONCE ? control(exchange) : null;
    if (control != null) {
      verdict = judge(message, control, nowNanos);
    }
    return switch (verdict) {
      case Verdict.Accepted accepted -> {
        exchange.identify(accepted);
        yield true;
      }
      case Verdict.Later later -> {
        exchange.client().postpone(message, later.settled());
        yield false;
      }
      case Verdict.Refused refused -> {
        refuse(exchange, refused, client, nowNanos);
        yield false;
      }
    };
  }

  private Verdict judge(ByteBuf message, Endpoint client, long nowNanos) {
    try {
      return authenticator.judge(message, client.high(), client.low(), client.port(), nowNanos);
    } catch (MalformedMessageException e) {
      throw new AssertionError("the message was sound a moment ago", e);
    }
  }

  /**
   * The connection that a request to bind another one belongs to (RFC 6062 §4.3): its client may
   * show the nonce that it was given there. Null where there is none, or another client's.
   */
  private @Nullable Endpoint control(Exchange exchange) {
    Request request = exchange.request();
    boolean binds =
        request.reader().method() == StunMessage.CONNECTION_BIND && request.hasConnectionId();
    Endpoint control = binds ? unbound.clientOf(request.connectionId()) : null;
    Endpoint client = exchange.client().remote();
    boolean isSameHost =
        control != null && control.high() == client.high() && control.low() == client.low();
    return isSameHost ? control : null;
  }

  private void refuse(Exchange exchange, Verdict.Refused why, Endpoint client, long nowNanos) {
    if (!isLoopback(client) && !limit.take(client.high(), client.low(), nowNanos)) {
      counters.count(TurnCounter.UNANSWERED);
      return;
    }
    counters.count(
        switch (why) {
          case UNAUTHENTICATED -> TurnCounter.UNAUTHENTICATED;
          case STALE_NONCE -> TurnCounter.STALE_NONCE;
          case BAD_REQUEST -> TurnCounter.BAD_REQUEST;
          case SERVER_ERROR -> TurnCounter.SERVER_ERROR;
        });
    StunWriter answer = exchange.fail(why.code(), "");
    if (why.challenges()) {
      authenticator.challenge(
          answer, exchange.answer(), client.high(), client.low(), client.port(), nowNanos);
    }
    exchange.send();
  }

  private static boolean isLoopback(Endpoint client) {
    return client.isIpv4()
        ? (int) client.low() >>> (3 * Byte.SIZE) == LOOPBACK
        : client.high() == 0 && client.low() == 1;
  }
}
