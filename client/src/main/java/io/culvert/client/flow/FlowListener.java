package io.culvert.client.flow;

import io.culvert.client.CulvertException;

/**
 * What happens to a client that is online. All methods are called on the client's event loop and
 * must return at once. One that throws is logged; a call that it was told of is then refused.
 */
public interface FlowListener {
  /** Refuses every call. */
  FlowListener NOBODY = new FlowListener() {};

  /** Somebody calls. To be answered now or later, from any thread. */
  default void onCall(IncomingCall call) {
    call.refuse();
  }

  /** The client is online again after {@link #onOffline}. */
  default void onOnlineAgain() {}

  /**
   * The server cannot be reached; the client goes on trying. Called a second time when what answers
   * meanwhile cannot be trusted.
   */
  default void onOffline(CulvertException why) {}

  /**
   * The client is offline for good: another one has taken its place ({@code ID_TAKEN}), or its
   * login is not good any more ({@code LOGIN_REFUSED}). Connections live on.
   */
  default void onEnded(CulvertException why) {}
}
