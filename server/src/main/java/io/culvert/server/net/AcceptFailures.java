package io.culvert.server.net;

import io.culvert.wire.transport.SocketError;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator that connections cannot be accepted, at most once a minute: whoever knocks can
 * cause it as often as he likes. Netty tries again a second later.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private long lastNanos = System.nanoTime() - QUIET_NANOS;

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (System.nanoTime() - lastNanos >= QUIET_NANOS) {
      lastNanos = System.nanoTime();
      log.warn(
          "{} cannot accept connections: {}.",
          ctx.channel().localAddress(),
          SocketError.explain(cause));
    }
    ctx.fireExceptionCaught(cause);
  }
}
