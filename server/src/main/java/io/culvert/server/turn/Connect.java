package io.culvert.server.turn;

import io.culvert.server.turn.tcp.PeerConnection;
import io.culvert.server.turn.tcp.TcpRelay;
import io.culvert.wire.stun.AddressSlot;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.transport.udp.Endpoint;
import org.jspecify.annotations.Nullable;

/** Connect requests: a client gets a connection with a peer over TCP (RFC 6062 §5.2). */
final class Connect {
  private final Resources resources;

  Connect(Resources resources) {
    this.resources = resources;
  }

  void handle(Exchange exchange, Allocation allocation) {
    Request request = exchange.request();
    if (request.peers() == 0 || !allocation.isTcp()) {
      exchange.refuse(Refusal.BAD_REQUEST);
      return;
    }
    AddressSlot slot = request.peer(0);
    Endpoint peer = new Endpoint(slot.high(), slot.low(), slot.port());
    Relay relay = allocation.relay(slot.ipv4());
    TcpRelay tcp = relay == null ? null : relay.tcp();
    if (relay == null || tcp == null) {
      exchange.refuse(Refusal.PEER_FAMILY_MISMATCH);
      return;
    }
    Refusal refusal = judge(tcp, peer, slot.ipv4());
    if (refusal != null) {
      exchange.refuse(refusal);
    } else {
      tcp.connect(peer, relay.home().route(peer), new Connecting(exchange.later()));
    }
  }

  private @Nullable Refusal judge(TcpRelay tcp, Endpoint peer, boolean ipv4) {
    if (!resources.allowsOverTcp(peer, ipv4)) {
      return Refusal.FORBIDDEN;
    }
    if (tcp.hasConnection(peer)) {
      return Refusal.CONNECTION_EXISTS;
    }
    return tcp.isFull() ? Refusal.INSUFFICIENT_CAPACITY : null;
  }

  private final class Connecting implements TcpRelay.Outcome {
    private final LaterAnswer answer;

    Connecting(LaterAnswer answer) {
      this.answer = answer;
    }

    @Override
    public void connected(PeerConnection connection) {
      resources.counters().count(TurnCounter.CONNECTED);
      answer
          .succeed()
          .unsignedInt(AttributeType.CONNECTION_ID, Integer.toUnsignedLong(connection.id()));
      answer.send();
    }

    @Override
    public void failed() {
      answer.refuse(Refusal.CONNECTION_FAILED);
    }
  }
}
