package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.wire.flow.FlowMessage.Relay;

/** Does not care what becomes of its presence. */
final class Deaf implements Presence.Observer {
  @Override
  public void signalled(Relay signal) {}

  @Override
  public void signalFailed(Relay.Kind kind, long sessionId) {}

  @Override
  public void onlineAgain() {}

  @Override
  public void offline(CulvertException why) {}

  @Override
  public void ended(CulvertException why) {}
}
