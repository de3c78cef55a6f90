package io.culvert.server.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the client can read what it is told last. A socket that is closed
 * while it has something unread is reset, and takes back what the client has not read yet. So the
 * end is announced, and what still comes is thrown away for a while.
 */
final class LastWord extends ChannelInboundHandlerAdapter {
  /** A client that is still there has closed its end by then. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Future<?> patience;

  private LastWord(Future<?> patience) {
    this.patience = patience;
  }

  static void say(ChannelHandlerContext ctx, Object word) {
    if (!ctx.channel().isActive()) {
      return; // nobody is there to read it
    }
    Future<?> patience =
        ctx.executor().schedule(() -> ctx.close(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    ctx.pipeline().addFirst(new LastWord(patience));
    ctx.channel().config().setAutoRead(true);
    ctx.writeAndFlush(word).addListener(written -> announceEnd(ctx));
  }

  private static void announceEnd(ChannelHandlerContext ctx) {
    if (!(ctx.channel() instanceof DuplexChannel channel)) {
      ctx.close();
      return;
    }
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(closed -> channel.shutdownOutput());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    patience.cancel(false);
    ctx.fireChannelInactive();
  }
}
