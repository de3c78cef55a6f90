package io.culvert.server.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a connection is read from. A client that does not read its answers is not read from,
 * so that what it is owed stays within the channel's write buffer water marks. And while one of its
 * messages takes time, those behind it wait: everything is answered in order.
 */
public final class Gate extends ChannelInboundHandlerAdapter {
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Queue<Object> waiting;
  private boolean held;

  /**
   * Does something with what a future comes to; what has come behind it on this connection waits.
   * Nothing is done when the connection has ended by then. On the event loop, like everything here.
   */
  public <T> void await(CompletableFuture<T> future, Consumer<T> then) {
    ChannelHandlerContext at = Objects.requireNonNull(ctx);
    if (future.isDone()) {
      then.accept(future.join());
      return;
    }
    hold();
    future.whenCompleteAsync(
        (result, failure) -> {
          if (at.channel().isActive()) {
            proceed(at, () -> then.accept(future.join()));
          }
        },
        at.executor());
  }

  private void proceed(ChannelHandlerContext at, Runnable then) {
    try {
      then.run();
      release();
    } catch (RuntimeException e) {
      at.fireExceptionCaught(e);
    }
  }

  /** What comes next has to wait. */
  void hold() {
    held = true;
    update();
  }

  /** Passes on what has waited, up to where it is held again. */
  void release() {
    ChannelHandlerContext to = Objects.requireNonNull(ctx);
    held = false;
    while (!held && waiting != null) {
      Object next = waiting.poll();
      if (next == null) {
        waiting = null;
      } else {
        to.fireChannelRead(next);
      }
    }
    to.fireChannelReadComplete();
    update();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    if (held || waiting != null) {
      if (waiting == null) {
        waiting = new ArrayDeque<>();
      }
      waiting.add(message);
    } else {
      from.fireChannelRead(message);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    update();
    from.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    if (waiting != null) {
      waiting.forEach(ReferenceCountUtil::release);
      waiting = null;
    }
    from.fireChannelInactive();
  }

  private void update() {
    ChannelHandlerContext of = Objects.requireNonNull(ctx);
    of.channel().config().setAutoRead(!held && of.channel().isWritable());
  }
}
