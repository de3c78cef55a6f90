package io.culvert.server.net;

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
public final class ConnectionGuard<C extends Enum<C>> extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);

  private final Counters<C> counters;
  private final C malformed;
  private final C timedOut;
  private @Nullable Future<?> timer;
  private long heardNanos;
  private boolean closed;

  /**
   * Counts why it closes a connection.
   *
   * @param malformed for bytes that are no message of the protocol
   * @param timedOut for a deadline that has passed
   */
  public ConnectionGuard(Counters<C> counters, C malformed, C timedOut) {
    this.counters = counters;
    this.malformed = malformed;
    this.timedOut = timedOut;
  }

  /** Closes the connection after this time, in place of what was set before. */
  public void closeAfter(ChannelHandlerContext ctx, Duration time) {
    cancel();
    timer = schedule(ctx, time.toNanos(), () -> close(ctx, timedOut));
  }

  /** Closes the connection when nothing comes for this time, in place of what was set before. */
  public void closeWhenSilentFor(ChannelHandlerContext ctx, Duration time) {
    cancel();
    heard(ctx);
    awaitSilence(ctx, time.toNanos(), time.toNanos());
  }

  /** Something has come. */
  public void heard(ChannelHandlerContext ctx) {
    heardNanos = ctx.executor().ticker().nanoTime();
  }

  /** One timer for as long as the connection lives, instead of a new one for all that is heard. */
  private void awaitSilence(ChannelHandlerContext ctx, long silence, long delay) {
    timer =
        schedule(
            ctx,
            delay,
            () -> {
              long left = heardNanos + silence - ctx.executor().ticker().nanoTime();
              if (left > 0) {
                awaitSilence(ctx, silence, left);
              } else {
                close(ctx, timedOut);
              }
            });
  }

  private static Future<?> schedule(ChannelHandlerContext ctx, long nanos, Runnable task) {
    return ctx.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  /** Lets the connection live on. */
  public void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Closes the connection and counts why; only the first reason counts. */
  public void close(ChannelHandlerContext ctx, C why) {
    if (!closed) {
      closed = true;
      cancel();
      counters.count(why);
      ctx.channel().flush(); // answers to what came before the cause
      ctx.close();
    }
  }

  /** Says one last thing, closes the connection and counts why; only the first reason counts. */
  public void dismiss(ChannelHandlerContext ctx, Object lastWord, C why) {
    if (!closed) {
      closed = true;
      cancel();
      counters.count(why);
      LastWord.say(ctx, lastWord);
    }
  }

  /**
   * Whether the connection has been closed here. What had arrived behind the cause is void then.
   */
  public boolean hasClosed() {
    return closed;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case DecoderException e -> close(ctx, malformed);
      case IOException e -> ctx.close(); // the client is gone
      default -> {
        log.error(
            "{}: closing a connection after an error of our own",
            ctx.channel().localAddress(),
            cause);
        ctx.close();
      }
    }
  }
}
