package io.culvert.server.turn;

import io.culvert.server.turn.tcp.PeerConnection;

/**
 * ConnectionBind requests: the connection that one comes on is the peer's from then on (RFC 6062
 * §5.4).
 */
final class ConnectionBind {
  private final Resources resources;

  ConnectionBind(Resources resources) {
    this.resources = resources;
  }

  void handle(Exchange exchange) {
    Request request = exchange.request();
    Client client = exchange.client();
    PeerConnection peer =
        client.transport().isStream() && client.allocation() == null && request.hasConnectionId()
            ? resources.unbound().claim(request.connectionId(), exchange.user())
            : null;
    if (peer == null) {
      exchange.refuse(Refusal.BAD_REQUEST);
      return;
    }
    resources.counters().count(TurnCounter.BOUND);
    exchange.succeed();
    exchange.send();
    client.bind(peer);
  }
}
