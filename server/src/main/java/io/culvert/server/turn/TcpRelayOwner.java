package io.culvert.server.turn;

import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.pool.Bandwidth;
import io.culvert.server.turn.tcp.Meter;
import io.culvert.server.turn.tcp.PeerConnection;
import io.culvert.server.turn.tcp.TcpRelay;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** What an allocation lets its TCP relay do. Confined to the thread of its loop. */
final class TcpRelayOwner implements TcpRelay.Owner {
  private static final int ATTEMPT_BYTES = 64;

  private final Allocation allocation;
  private final RelayAddress home;
  private final Resources resources;
  private final Traffic traffic;

  TcpRelayOwner(Allocation allocation, RelayAddress home, Resources resources, Traffic traffic) {
    this.allocation = allocation;
    this.home = home;
    this.resources = resources;
    this.traffic = traffic;
  }

  @Override
  public String user() {
    return allocation.grant().user();
  }

  @Override
  public Endpoint client() {
    return allocation.client().remote();
  }

  /** Only those whom the client has permitted, and the operator has not forbidden since. */
  @Override
  public @Nullable Endpoint admit(Endpoint source) {
    Endpoint peer =
        home.isUntranslated(source.high(), source.low()) ? home.advertised(source.port()) : source;
    if (allocation.permissions().of(peer.high(), peer.low()) == null) {
      traffic.count(Figure.NO_PERMISSION);
      return null;
    }
    if (!resources.allowsOverTcp(peer, home.isIpv4())) {
      traffic.count(Figure.FORBIDDEN_PEER);
      return null;
    }
    return peer;
  }

  /** Tells the client (RFC 6062 §5.3). */
  @Override
  public void attempted(PeerConnection connection) {
    Endpoint peer = connection.peer();
    ByteBuf indication = Unpooled.buffer(ATTEMPT_BYTES);
    new StunWriter()
        .begin(
            indication,
            StunClass.INDICATION,
            StunMessage.CONNECTION_ATTEMPT,
            (int) resources.randomLong(),
            resources.randomLong())
        .xorAddress(
            AttributeType.XOR_PEER_ADDRESS, peer.high(), peer.low(), peer.port(), peer.isIpv4())
        .unsignedInt(AttributeType.CONNECTION_ID, Integer.toUnsignedLong(connection.id()));
    resources.counters().count(TurnCounter.ATTEMPTED);
    if (!allocation.client().send(indication, 0, indication.writerIndex())) {
      resources.counters().count(TurnCounter.UNSENT);
    }
  }

  @Override
  public void toPeer(int bytes) {
    allocation.countBytesToPeer(bytes);
    traffic.add(Figure.BYTES_TO_PEERS, bytes);
  }

  @Override
  public void toClient(int bytes) {
    allocation.countBytesToClient(bytes);
    traffic.add(Figure.BYTES_TO_CLIENTS, bytes);
  }

  @Override
  public Meter meter() {
    Bandwidth.Share ofUser = allocation.grant().bandwidth().share();
    Bandwidth.Share ofAll = resources.bandwidth().share();
    return bytes ->
        !resources.settings().limitsBandwidth() || ofUser.takeWith(ofAll, bytes, System.nanoTime());
  }
}
