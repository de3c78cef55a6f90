package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage.Relay;

/** A call from its first ring to the end of its connection. Confined to the event loop. */
sealed interface Call permits Caller, Callee {
  /** Our account and number; the number is 0 while there is none. */
  Party me();

  /** The other one's. */
  Party peer();

  /** The peer has taken the call. */
  void answered(Offer answer);

  /** The peer has ended it, or the server in its place. */
  void ended(EndMode mode);

  /** What was said last of that kind did not get to the peer. */
  void signalFailed(Relay.Kind kind);

  /** Hangs up, unless there is a connection already. */
  void hangUp(CulvertException why);

  /** Whether signals still matter to it. */
  boolean needsSignals();
}
