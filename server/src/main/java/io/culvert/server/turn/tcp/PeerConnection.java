package io.culvert.server.turn.tcp;

import io.culvert.wire.transport.udp.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection with a peer. It waits for a connection of its client, unread, for 30 s at most (RFC
 * 6062 §5.2, §5.3).
 */
public final class PeerConnection {
  static final Duration UNBOUND_FOR = Duration.ofSeconds(30);

  private final Endpoint peer;
  private final TcpRelay.Owner owner;
  private final String user;
  private final Endpoint client;
  private final PipeEnd end;
  private final int id;

  /** On the loop of the channel, which is open. */
  PeerConnection(Channel channel, Endpoint peer, TcpRelay.Owner owner, UnboundConnections unbound) {
    this.peer = peer;
    this.owner = owner;
    this.user = owner.user();
    this.client = owner.client();
    this.end = new PipeEnd(channel, owner.meter(), owner::toClient, owner::toPeer);
    channel.pipeline().addLast(end);
    this.id = unbound.add(this);
    Future<?> patience =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (unbound.remove(id, this)) {
                    channel.close();
                  }
                },
                UNBOUND_FOR.toMillis(),
                TimeUnit.MILLISECONDS);
    channel
        .closeFuture()
        .addListener(closed -> {
          patience.cancel(false);
          unbound.remove(id, this);
        });
  }

  /** What the client names it by. */
  public int id() {
    return id;
  }

  /** Who is at the other end. */
  public Endpoint peer() {
    return peer;
  }

  /** Where the connection of the client comes from that has the relay. */
  Endpoint client() {
    return client;
  }

  boolean isOf(String itsUser) {
    return user.equals(itsUser);
  }

  /**
   * Joins it with a connection of its client, on whose event loop this is called: what comes to the
   * place behind that handler is the peer's from now on.
   */
  public void bind(ChannelHandlerContext client) {
    PipeEnd clientEnd = new PipeEnd(client.channel(), owner.meter());
    client.pipeline().addAfter(client.name(), null, clientEnd);
    PipeEnd.join(clientEnd, end);
  }
}
