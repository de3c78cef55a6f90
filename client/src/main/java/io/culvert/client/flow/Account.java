package io.culvert.client.flow;

import io.culvert.wire.flow.TurnCredentials;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a login has given.
 *
 * @param signalServer the same as in the session
 * @param stunServer once it is looked up; empty when there is none
 * @param turn what lets us use the TURN server, which is that STUN server
 */
record Account(
    FlowSession session,
    InetSocketAddress signalServer,
    CompletableFuture<Optional<InetSocketAddress>> stunServer,
    Optional<TurnCredentials> turn) {
  String name() {
    return session.account();
  }

  String token() {
    return session.token();
  }
}
