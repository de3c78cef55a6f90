package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.wire.stun.AddressSlot;
import io.culvert.wire.transport.udp.Endpoint;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CreatePermission requests: all of their addresses are let in, or none (RFC 8656 §10.2). */
final class CreatePermission {
  private final Resources resources;
  private final Counters<TurnCounter> counters;

  CreatePermission(Resources resources) {
    this.resources = resources;
    this.counters = resources.counters();
  }

  void handle(Exchange exchange, Allocation allocation, long nowNanos) {
    Request request = exchange.request();
    Refusal refusal = judge(request, allocation);
    if (refusal != null) {
      exchange.refuse(refusal);
      return;
    }
    for (int i = 0; i < request.peers(); i++) {
      AddressSlot peer = request.peer(i);
      allocation.permissions().install(peer.high(), peer.low(), nowNanos);
    }
    counters.count(TurnCounter.PERMITTED);
    exchange.succeed();
    exchange.send();
  }

  private @Nullable Refusal judge(Request request, Allocation allocation) {
    if (request.peers() == 0) {
      return Refusal.BAD_REQUEST;
    }
    Set<Endpoint> more = new HashSet<>();
    for (int i = 0; i < request.peers(); i++) {
      AddressSlot peer = request.peer(i);
      if (allocation.relay(peer.ipv4()) == null) {
        return Refusal.PEER_FAMILY_MISMATCH;
      }
      if (!resources.settings().peers().allows(peer.high(), peer.low(), peer.ipv4())) {
        return Refusal.FORBIDDEN;
      }
      if (allocation.permissions().of(peer.high(), peer.low()) == null) {
        more.add(new Endpoint(peer.high(), peer.low(), 0));
        if (allocation.permissions().size() + more.size() > Permissions.MOST) {
          return Refusal.INSUFFICIENT_CAPACITY;
        }
      }
    }
    return null;
  }
}
