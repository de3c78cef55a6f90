package io.culvert.client.net;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.traversal.Path;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A link over one TCP connection, which is closed in halves. */
public final class TcpLink implements Link {
  /** What is written at a time: enough to fill the channel, so that the next waits for room. */
  private static final int BATCH_BYTES = 64 << 10;

  private static final int CLOSE_PATIENCE_SECONDS = 30;

  private final Kind kind;
  private final Channel channel;
  private final String peer;
  private final Path path;
  private final InetSocketAddress remote;
  private final LinkHandler handler;
  private volatile ChannelFuture lastWrite;
  private volatile boolean finished;

  /**
   * Takes over a channel on which both peers have agreed; on its event loop. What its pipeline
   * carries from now on is {@code ByteBuf}s.
   */
  TcpLink(Kind kind, Channel channel, String peer, Path path) {
    this.kind = kind;
    this.channel = channel;
    this.peer = peer;
    this.path = path;
    this.remote = (InetSocketAddress) channel.remoteAddress();
    this.handler = new LinkHandler(peer, new Inbox(channel.config()::setAutoRead));
    this.lastWrite = channel.newSucceededFuture();
    // Linux starts no keep-alive timer for a simultaneous open: it is started by switching it on.
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, false);
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    channel.pipeline().addLast(handler);
  }

  /** Runs this when the connection is no more, on its event loop. */
  public void whenClosed(Runnable then) {
    channel.closeFuture().addListener(gone -> then.run());
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public void send(byte[] bytes) throws CulvertException, InterruptedException {
    if (finished) {
      throw new CulvertException(
          Reason.CLOSED, "Nothing more can be sent to " + peer + ": this side has finished.");
    }
    int at = 0;
    do {
      int end = Math.min(bytes.length, at + BATCH_BYTES);
      ChannelFuture written =
          channel.writeAndFlush(Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, at, end)));
      lastWrite = written;
      at = end;
      if (!handler.awaitWritable(channel) || written.cause() != null) {
        throw new CulvertException(
            Reason.LINK_LOST, "The connection to " + peer + " is closed; what was sent is lost.");
      }
    } while (at < bytes.length);
  }

  @Override
  public byte @Nullable [] receive() throws IOException, InterruptedException {
    return handler.inbox().take();
  }

  @Override
  public void finish() {
    finished = true;
    afterPendingWrites(() -> ((DuplexChannel) channel).shutdownOutput());
  }

  @Override
  public void close() {
    handler.inbox().end(null);
    afterPendingWrites(channel::close);
    if (!channel.eventLoop().inEventLoop()
        && !channel.closeFuture().awaitUninterruptibly(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      channel.close();
    }
  }

  @Override
  public void abort() {
    handler.inbox().end(null);
    PunchSockets.reset(channel);
  }

  private void afterPendingWrites(Runnable then) {
    lastWrite.addListener(written -> then.run());
  }
}
