package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.ClassicBinding;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;

/**
 * Binding requests: clients learn their address (RFC 8489 §6.3.1), whoever they are. Where the
 * server has two addresses, they may also ask to be answered from or to another port than usual, to
 * find out what their NAT does (RFC 5780 §6.1).
 */
final class Binding {
  /**
   * What makes an answer longer than the frames of an Ethernet; never more than has been asked
   * with.
   */
  private static final int MOST_PADDING = 1500;

  private final Counters<TurnCounter> counters;

  Binding(Counters<TurnCounter> counters) {
    this.counters = counters;
  }

  void handle(Exchange exchange) {
    Request request = exchange.request();
    Endpoint other = exchange.client().other();
    if (other != null) {
      request.knowDiscovery();
    }
    if (request.unknowns() > 0) {
      exchange.refuseUnknown();
    } else if (other == null) {
      counters.count(TurnCounter.ANSWERED);
      exchange.succeed();
      exchange.mapped();
      exchange.send();
    } else {
      discover(exchange, request, other);
    }
  }

  /** The same for a client of RFC 3489, which never gets more than its address. */
  void answerClassic(Client client, ByteBuf request, int index, ByteBuf answer) {
    Endpoint its = client.remote();
    ClassicBinding.answer(request, index, its.high(), its.low(), its.port(), its.isIpv4(), answer);
    counters.count(
        client.send(answer, 0, answer.writerIndex()) ? TurnCounter.ANSWERED : TurnCounter.UNSENT);
  }

  private void discover(Exchange exchange, Request request, Endpoint other) {
    boolean twoPorts = request.hasPadding() && request.responsePort() != Request.ABSENT;
    Client answerer =
        request.isFaulty() || twoPorts
            ? null
            : exchange
                .client()
                .answerer(request.changesAddress(), request.changesPort(), request.responsePort());
    if (answerer == null) {
      exchange.refuse(Refusal.BAD_REQUEST);
      return;
    }
    counters.count(TurnCounter.ANSWERED);
    exchange.succeed();
    exchange.mapped();
    exchange.address(AttributeType.RESPONSE_ORIGIN, answerer.local());
    exchange.address(AttributeType.OTHER_ADDRESS, other);
    if (request.hasPadding()) {
      exchange.padding(Math.min(request.paddingLength(), MOST_PADDING));
    }
    exchange.sendBy(answerer);
  }
}
