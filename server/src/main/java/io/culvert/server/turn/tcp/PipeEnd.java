package io.culvert.server.turn.tcp;

import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One of two connections that are joined: what is read here is written there. It is read only as
 * fast as the other one takes it, so neither ever waits with more than its write buffer's high
 * water mark and what was read at once. The last handler of its channel that sees data; belongs to
 * that channel's event loop, which the other end need not share.
 */
final class PipeEnd extends ChannelDuplexHandler {
  private static final long UNPAID_FOR_MILLIS = 20;
  private static final long LINGER_SECONDS = 30;

  private final Channel own;
  private final Meter meter;
  private final IntConsumer forwarded;
  private final IntConsumer written;

  /** What was read before there was another end: Netty reads once more than it was told to. */
  private final Queue<Object> held = new ArrayDeque<>();

  private @Nullable PipeEnd other;
  private int unpaid;
  private boolean reading;
  private boolean waiting;
  private boolean ended;

  /** One whose other end counts what passes. */
  PipeEnd(Channel own, Meter meter) {
    this(own, meter, bytes -> {}, bytes -> {});
  }

  /**
   * One that counts, on its own loop.
   *
   * @param forwarded is told how many bytes have gone from here to the other end
   * @param written is told how many have come from there
   */
  PipeEnd(Channel own, Meter meter, IntConsumer forwarded, IntConsumer written) {
    this.own = own;
    this.meter = meter;
    this.forwarded = forwarded;
    this.written = written;
    // A channel that is closed while it is refreshed does not become inactive for its handlers.
    own.closeFuture().addListener(closed -> closed());
  }

  private void closed() {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
    PipeEnd to = other;
    if (to != null && to.isAlive()) {
      to.run(to::closeWhenWritten);
    }
  }

  /** Joins two ends; any thread may. */
  static void join(PipeEnd one, PipeEnd two) {
    one.own.eventLoop().execute(() -> one.begin(two));
    two.own.eventLoop().execute(() -> two.begin(one));
  }

  private void begin(PipeEnd to) {
    other = to;
    reading = own.config().isAutoRead();
    if (hasHalves()) {
      own.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }
    for (Object next = held.poll(); next != null; next = held.poll()) {
      forward(to, next);
    }
    to.flush();
    if (ended) {
      to.run(to::endOutput);
    }
    if (own.isActive()) {
      update();
    } else {
      to.run(to::closeWhenWritten);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    PipeEnd to = other;
    if (to == null) {
      held.add(message);
    } else {
      forward(to, message);
    }
  }

  private void forward(PipeEnd to, Object message) {
    if (message instanceof ByteBuf bytes) {
      unpaid += bytes.readableBytes();
      forwarded.accept(bytes.readableBytes());
    }
    to.own.write(message, to.own.voidPromise());
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      written.accept(bytes.readableBytes());
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    PipeEnd to = other;
    if (to != null) {
      to.flush();
      update();
    }
  }

  /** Decides whether there is to be read. */
  private void update() {
    PipeEnd to = other;
    if (to == null) {
      return;
    }
    if (unpaid > 0 && !waiting) {
      pay();
    }
    read(!waiting && to.own.isWritable());
  }

  private void read(boolean wanted) {
    if (wanted == reading) {
      return;
    }
    reading = wanted;
    if (wanted) {
      Transport.best().refreshed(own, () -> own.config().setAutoRead(reading));
    } else {
      own.config().setAutoRead(false);
    }
  }

  private void pay() {
    if (meter.take(unpaid)) {
      unpaid = 0;
    } else {
      waiting = true;
      own.eventLoop().schedule(this::payLater, UNPAID_FOR_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void payLater() {
    waiting = false;
    update();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    PipeEnd to = other;
    if (to != null) {
      to.run(to::update);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended = true;
      PipeEnd to = other;
      if (to != null && to.isAlive()) {
        to.run(to::endOutput);
      }
      if (own instanceof DuplexChannel duplex) {
        closeIfBothEnded(duplex);
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      ctx.close(); // whoever was there is gone
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  /** Otherwise there is nothing to do: it is closed, or its loop closes it. */
  private boolean isAlive() {
    return own.isOpen() && !own.eventLoop().isShuttingDown();
  }

  /** TLS has none: who ends one direction ends both. */
  private boolean hasHalves() {
    return own instanceof DuplexChannel && own.pipeline().get(SslHandler.class) == null;
  }

  /** The other end has nothing more to say. */
  private void endOutput() {
    if (own instanceof DuplexChannel duplex && hasHalves()) {
      own.write(Unpooled.EMPTY_BUFFER)
          .addListener(
              written -> duplex.shutdownOutput().addListener(done -> closeIfBothEnded(duplex)));
      flush();
    } else {
      closeWhenWritten();
    }
  }

  private static void closeIfBothEnded(DuplexChannel channel) {
    if (channel.isInputShutdown() && channel.isOutputShutdown()) {
      channel.close();
    }
  }

  /** Whoever does not read what is left for him shall not keep the connection for it. */
  private void closeWhenWritten() {
    own.write(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    flush();
    Future<?> patience =
        own.eventLoop().schedule(() -> own.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    own.closeFuture().addListener(closed -> patience.cancel(false));
  }

  private void flush() {
    run(this::flushHere);
  }

  private void run(Runnable task) {
    if (own.eventLoop().inEventLoop()) {
      task.run();
    } else if (isAlive()) {
      try {
        own.eventLoop().execute(task);
      } catch (RejectedExecutionException e) {
        // Its loop has ended at this moment, and has closed it.
      }
    }
  }

  private void flushHere() {
    if (own instanceof DuplexChannel duplex && duplex.isInputShutdown() && own.isActive()) {
      Transport.best().refreshed(own, own::flush);
    } else {
      own.flush();
    }
  }
}
