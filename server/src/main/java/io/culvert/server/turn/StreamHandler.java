package io.culvert.server.turn;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Gate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** STUN and TURN over TCP or TLS: one client's connection. */
final class StreamHandler extends SimpleChannelInboundHandler<ByteBuf> {
  private final Turn turn;
  private final Gate gate;
  private final ConnectionGuard<TurnCounter> guard;
  private @Nullable StreamClient client;

  StreamHandler(Turn turn, Gate gate, ConnectionGuard<TurnCounter> guard) {
    this.turn = turn;
    this.gate = gate;
    this.guard = guard;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (ctx.channel().remoteAddress() instanceof InetSocketAddress remote
        && ctx.channel().localAddress() instanceof InetSocketAddress local) {
      client = new StreamClient(turn, gate, ctx, remote, local, guard);
      client.awaitWord();
    } else {
      ctx.close(); // gone already
    }
    ctx.fireChannelActive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
    if (client == null || guard.hasClosed()) {
      return;
    }
    guard.heard(ctx);
    turn.received(client, message, message.readerIndex(), message.readableBytes());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (client != null) {
      turn.gone(client);
    }
    ctx.fireChannelInactive();
  }
}
