package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.wire.stun.AddressSlot;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.transport.udp.Endpoint;
import org.jspecify.annotations.Nullable;

/** ChannelBind requests: a number is going to stand for a peer (RFC 8656 §12.2). */
final class ChannelBind {
  private final Resources resources;
  private final Counters<TurnCounter> counters;

  ChannelBind(Resources resources) {
    this.resources = resources;
    this.counters = resources.counters();
  }

  void handle(Exchange exchange, Allocation allocation, long nowNanos) {
    Request request = exchange.request();
    int number = request.channelNumber();
    if (!isChannel(number) || request.peers() != 1 || allocation.isTcp()) {
      exchange.refuse(Refusal.BAD_REQUEST);
      return;
    }
    AddressSlot slot = request.peer(0);
    Relay relay = allocation.relay(slot.ipv4());
    if (relay == null) {
      exchange.refuse(Refusal.PEER_FAMILY_MISMATCH);
      return;
    }
    Endpoint peer = new Endpoint(slot.high(), slot.low(), slot.port());
    Refusal refusal = judge(allocation, number, peer, slot.ipv4());
    if (refusal != null) {
      exchange.refuse(refusal);
      return;
    }
    allocation.bind(number, peer, relay, nowNanos);
    allocation.permissions().install(peer.high(), peer.low(), nowNanos);
    counters.count(TurnCounter.PERMITTED);
    exchange.succeed();
    exchange.send();
  }

  private boolean isChannel(int number) {
    int last =
        resources.settings().rfc5766Channels() ? ChannelData.LAST_OF_RFC_5766 : ChannelData.LAST;
    return number >= ChannelData.FIRST && number <= last;
  }

  private @Nullable Refusal judge(Allocation allocation, int number, Endpoint peer, boolean ipv4) {
    if (!resources.allowsOverUdp(peer, ipv4)) {
      return Refusal.FORBIDDEN;
    }
    if (!allocation.canBind(number, peer)) {
      return Refusal.BAD_REQUEST;
    }
    boolean another = allocation.channel(number) == null;
    boolean anotherAddress = allocation.permissions().of(peer.high(), peer.low()) == null;
    boolean full =
        (another && allocation.channels() >= Channels.MOST)
            || (anotherAddress && allocation.permissions().size() >= Permissions.MOST);
    return full ? Refusal.INSUFFICIENT_CAPACITY : null;
  }
}
