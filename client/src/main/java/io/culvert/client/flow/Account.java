package io.culvert.client.flow;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a login has given.
 *
 * @param signalServer the same as in the session
 * @param stunServer once it is looked up; empty when there is none
 */
record Account(
    FlowSession session,
    InetSocketAddress signalServer,
    CompletableFuture<Optional<InetSocketAddress>> stunServer) {
  String name() {
    return session.account();
  }

  String token() {
    return session.token();
  }
}
