package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.turn.auth.Authenticator;
import io.culvert.server.turn.auth.ChallengeLimit;
import io.culvert.server.turn.auth.Verdict;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;

/** Long-term credentials (RFC 8489 §9.2): who has none is challenged, though not too often. */
final class LongTermAuthentication implements Authentication {
  /** The first byte of 127.0.0.0/8, which nobody can forge from elsewhere. */
  private static final int LOOPBACK = 127;

  private final Authenticator authenticator;
  private final ChallengeLimit limit;
  private final Counters<TurnCounter> counters;

  LongTermAuthentication(
      Authenticator authenticator, ChallengeLimit limit, Counters<TurnCounter> counters) {
    this.authenticator = authenticator;
    this.limit = limit;
    this.counters = counters;
  }

  @Override
  public boolean identifies(Exchange exchange, long nowNanos) {
    Endpoint client = exchange.client().remote();
    ByteBuf message = exchange.request().reader().buffer();
    Verdict verdict;
    try {
      verdict = authenticator.judge(message, client.high(), client.low(), client.port(), nowNanos);
    } catch (MalformedMessageException e) {
      throw new AssertionError("the message was sound a moment ago", e);
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
