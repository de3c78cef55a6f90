package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.turn.auth.Verdict.Accepted;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The answer to a request that takes longer than its {@link Exchange} is there. Confined to the
 * thread of its loop.
 */
final class LaterAnswer {
  private static final int USUAL_BYTES = 128;

  private final Client client;
  private final int method;
  private final TransactionId id;
  private final Accepted sender;
  private final boolean fingerprint;
  private final Counters<TurnCounter> counters;
  private final StunWriter writer = new StunWriter();
  private final ByteBuf buffer = Unpooled.buffer(USUAL_BYTES);

  /**
   * An answer to that client.
   *
   * @param sender whom the request is from
   * @param fingerprint whether the request has one
   */
  LaterAnswer(
      Client client,
      int method,
      TransactionId id,
      Accepted sender,
      boolean fingerprint,
      Counters<TurnCounter> counters) {
    this.client = client;
    this.method = method;
    this.id = id;
    this.sender = sender;
    this.fingerprint = fingerprint;
    this.counters = counters;
  }

  /** Begins the answer to a request that has been done. */
  StunWriter succeed() {
    return writer.begin(buffer, StunClass.SUCCESS, method, id);
  }

  /** Answers that the request is not done. */
  void refuse(Refusal why) {
    counters.count(why.counter());
    writer.begin(buffer, StunClass.ERROR, method, id).errorCode(why.code(), why.reason());
    send();
  }

  /** Sends the answer that has been begun, vouched for as the request was. */
  void send() {
    sender.sign(writer);
    if (fingerprint) {
      writer.fingerprint();
    }
    if (!client.send(buffer, 0, buffer.writerIndex())) {
      counters.count(TurnCounter.UNSENT);
    }
  }
}
