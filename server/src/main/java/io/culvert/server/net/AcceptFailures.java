package io.culvert.server.net;

import io.culvert.wire.transport.SocketError;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a listener does when connections cannot be accepted: it rests for a second, for whoever
 * waits at its door would cause the same again at once, and the operator is told now and then. Any
 * number of listeners may have the same one.
 */
@Sharable
public final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);
  private static final long REST_SECONDS = 1;

  private final OnceAMinute telling = new OnceAMinute();

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (telling.isDue()) {
      log.warn(
          "{} cannot accept connections: {}.",
          ctx.channel().localAddress(),
          SocketError.explain(cause));
    }
    ChannelConfig config = ctx.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      ctx.executor().schedule(() -> config.setAutoRead(true), REST_SECONDS, TimeUnit.SECONDS);
    }
  }
}
