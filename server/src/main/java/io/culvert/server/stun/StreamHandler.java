package io.culvert.server.stun;

import io.culvert.server.net.ConnectionGuard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetSocketAddress;
import java.time.Duration;

/** STUN over TCP: one client's connection. */
final class StreamHandler extends SimpleChannelInboundHandler<ByteBuf> {
  /** A connection without a whole message for so long is closed. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final BindingResponder responder;
  private final ConnectionGuard<StunCounter> guard;

  StreamHandler(BindingResponder responder, ConnectionGuard<StunCounter> guard) {
    this.responder = responder;
    this.guard = guard;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    guard.closeWhenSilentFor(ctx, SILENCE);
    ctx.fireChannelActive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
    if (guard.hasClosed() || !(ctx.channel().remoteAddress() instanceof InetSocketAddress client)) {
      return;
    }
    guard.heard(ctx);
    ByteBuf answer = responder.answer(message, client, ctx.alloc());
    if (answer != null) {
      ctx.write(answer, ctx.voidPromise());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }
}
