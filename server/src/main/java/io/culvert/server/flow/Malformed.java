package io.culvert.server.flow;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import io.netty.handler.codec.DecoderException;

/** What is said to bytes that are no message. */
final class Malformed {
  private Malformed() {}

  static Failure answer(DecoderException e) {
    return answer(
        e.getCause() instanceof MalformedMessageException malformed
            ? String.valueOf(malformed.getMessage())
            : "this cannot be read");
  }

  static Failure answer(String description) {
    return new Failure(Head.EMPTY, SignalType.HEART_BEAT, description);
  }
}
