package io.culvert.server.tcppunch;

import io.culvert.server.net.Counters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection that is of no use: one that has been silent for too long, and one that has
 * sent what the protocol does not know. Sits at the end of a pipeline, so that what goes wrong on a
 * connection never leaves it.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);

  private final Counters<TcpPunchCounter> counters;
  private @Nullable Future<?> timer;
  private boolean closed;

  ConnectionGuard(Counters<TcpPunchCounter> counters) {
    this.counters = counters;
  }

  /** Closes the connection after this time, in place of what was set before. */
  void closeAfter(ChannelHandlerContext ctx, Duration time) {
    cancel();
    timer =
        ctx.executor()
            .schedule(
                () -> close(ctx, TcpPunchCounter.TIMED_OUT),
                time.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** Lets the connection live on. */
  void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Closes the connection and counts why; only the first reason counts. */
  void close(ChannelHandlerContext ctx, TcpPunchCounter why) {
    if (!closed) {
      closed = true;
      counters.count(why);
      ctx.channel().flush(); // answers to what came before the cause
      ctx.close();
    }
  }

  /**
   * Whether the connection has been closed here. What had arrived behind the cause is void then.
   */
  boolean hasClosed() {
    return closed;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case DecoderException e -> close(ctx, TcpPunchCounter.MALFORMED);
      case IOException e -> ctx.close(); // the client is gone
      default -> {
        log.error("tcppunch: closing a connection after an error of our own", cause);
        ctx.close();
      }
    }
  }
}
