package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamResetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** A stream between Netty and those who read and write it. */
final class StreamHandler extends ChannelInboundHandlerAdapter {
  private final QuicStreamChannel channel;
  private final Supplier<Ending> ending;
  private final StreamInput input = new StreamInput();
  private final StreamOutput output;
  private boolean finAsked;
  private volatile long resetCode;

  /**
   * For one channel.
   *
   * @param ending why the connection is over, when it is; asked on the event loop
   */
  StreamHandler(QuicStreamChannel channel, Supplier<Ending> ending) {
    this.channel = channel;
    this.ending = ending;
    this.output = new StreamOutput(channel.alloc());
  }

  // Called by any thread.

  long id() {
    return channel.streamId();
  }

  int read(ByteBuffer into, Deadline deadline) throws IOException, InterruptedException {
    return input.read(into, deadline, () -> onLoop(channel::read));
  }

  void write(ByteBuffer from, Deadline deadline) throws IOException, InterruptedException {
    output.write(from, deadline, () -> onLoop(this::send));
  }

  /** Says that nothing more is sent. */
  void finish() {
    if (output.finish()) {
      onLoop(this::send);
    }
  }

  /**
   * Throws away what still comes. QUIC could have the peer send no more (STOP_SENDING), but Netty
   * does not always tell those who write there, and they would wait for ever.
   */
  void discard() {
    input.discard();
    onLoop(channel::read);
  }

  /** Breaks it off in both directions. */
  void reset(int code) {
    input.discard();
    output.fail(() -> new IOException("This side has broken off the stream."));
    onLoop(() -> {
      if (channel.isOpen()) {
        channel.shutdown(code, channel.newPromise());
        channel.close(); // which fails what still waits to be sent
      }
    });
  }

  private void onLoop(Runnable task) {
    EventLoop loop = channel.eventLoop();
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and with it the connection.
      Ending over = new Ending(Ending.Cause.CLOSED_HERE, 0, "This client is closed.");
      input.fail(over::exception);
      output.fail(over::exception);
    }
  }

  // Called on the event loop.

  private void send() {
    StreamOutput.Portion portion = output.take();
    ByteBuf bytes = portion.bytes();
    boolean fin = portion.last() && !finAsked;
    finAsked |= fin;
    if (bytes != null) {
      int length = bytes.readableBytes();
      write(fin ? new DefaultQuicStreamFrame(bytes, true) : bytes, length);
    } else if (fin) {
      write(QuicStreamFrame.EMPTY_FIN, 0);
    }
  }

  private void write(Object message, int length) {
    channel.writeAndFlush(message).addListener((ChannelFuture done) -> sent(length, done));
  }

  private void sent(int length, ChannelFuture done) {
    if (!done.isSuccess() && channel.parent().isActive()) {
      output.fail(() -> new StreamResetException(resetCode));
    } else if (!done.isSuccess()) {
      output.fail(ending.get()::exception);
    }
    output.left(length);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel.config().setAutoRead(false);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    input.add((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (input.wantsMore()) {
      ctx.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownReadComplete) {
      input.end();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof QuicStreamResetException byPeer) {
      resetCode = byPeer.applicationProtocolCode();
      input.fail(() -> new StreamResetException(resetCode));
      // Who breaks a stream off does so in both directions.
      output.fail(() -> new StreamResetException(resetCode));
      ctx.close();
    } else {
      input.fail(() -> new IOException("The stream broke: " + cause.getMessage() + ".", cause));
      output.fail(() -> new IOException("The stream broke: " + cause.getMessage() + ".", cause));
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // Without effect behind the ends.
    if (channel.parent().isActive()) {
      input.fail(() -> new IOException("The stream is over."));
      output.fail(() -> new IOException("The stream is over."));
    } else {
      Ending over = ending.get();
      input.fail(over::exception);
      output.fail(over::exception);
    }
  }
}
