package io.culvert.server.flow;

import io.culvert.wire.flow.FlowMessage;

/** A client's connection, as the switchboard sees it. Confined to the switchboard's event loop. */
interface Line {
  /** Takes a message for the client. */
  Delivery deliver(FlowMessage message);

  /** Says one last thing, and closes. */
  void hangUp(FlowMessage lastWord, FlowCounter why);
}
