package io.culvert.client.tcppunch;

import io.culvert.client.tcppunch.TcpPunchException.Reason;
import io.culvert.traversal.Path;
import io.culvert.wire.tcppunch.TcpPunchCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage;
import io.netty.buffer.ByteBuf;
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

/**
 * A direct connection to a peer. It needs the rendezvous server no longer.
 *
 * <p>Messages of up to 255 bytes arrive whole and in order. The connection is not encrypted. One
 * thread may send while another receives; neither may be the client's event loop, on which
 * listeners are called: it would wait for itself.
 */
public final class TcpPunchLink implements AutoCloseable {
  /** The most bytes that one message carries. */
  public static final int MAX_MESSAGE_BYTES = TcpPunchMessage.MAX_DATA_BYTES;

  /** What is written at a time: enough to fill the channel, so that the next waits for room. */
  private static final int BATCH_BYTES = 256 * MAX_MESSAGE_BYTES;

  private static final int CLOSE_PATIENCE_SECONDS = 30;

  private final Channel channel;
  private final String self;
  private final String peer;
  private final Path path;
  private final InetSocketAddress remote;
  private final LinkHandler handler;
  private volatile boolean finished;

  /** Takes over a channel on which both peers have agreed; on its event loop. */
  TcpPunchLink(Channel channel, String self, String peer, Path path) {
    this.channel = channel;
    this.self = self;
    this.peer = peer;
    this.path = path;
    this.remote = (InetSocketAddress) channel.remoteAddress();
    this.handler = new LinkHandler(peer, new Inbox(channel));
    // Linux starts no keep-alive timer for a simultaneous open: it is started by switching it on.
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, false);
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
  }

  LinkHandler handler() {
    return handler;
  }

  Channel channel() {
    return channel;
  }

  /** The ClientId at the other end. */
  public String peer() {
    return peer;
  }

  /** Which way the connection takes. */
  public Path path() {
    return path;
  }

  /** The address at the other end. */
  public InetSocketAddress remote() {
    return remote;
  }

  /**
   * Sends bytes, as one message or, when there are more than 255, as several. Waits while the peer
   * takes in less than is sent.
   *
   * @throws TcpPunchException when the link is closed or broken, or {@link #finish} was called
   */
  public void send(byte[] bytes) throws TcpPunchException, InterruptedException {
    if (finished) {
      throw new TcpPunchException(
          Reason.CLOSED, "Nothing more can be sent to " + peer + ": this side has finished.");
    }
    int at = 0;
    do {
      int end = Math.min(bytes.length, at + BATCH_BYTES);
      ChannelFuture written = channel.writeAndFlush(encode(bytes, at, end));
      at = end;
      if (!handler.awaitWritable(channel) || written.cause() != null) {
        throw new TcpPunchException(
            Reason.LINK_LOST, "The connection to " + peer + " is closed; what was sent is lost.");
      }
    } while (at < bytes.length);
  }

  private ByteBuf encode(byte[] bytes, int from, int to) {
    ByteBuf out = channel.alloc().buffer();
    int at = from;
    do {
      int end = Math.min(to, at + MAX_MESSAGE_BYTES);
      TcpPunchCodec.encode(new TcpPunchMessage.Data(self, Arrays.copyOfRange(bytes, at, end)), out);
      at = end;
    } while (at < to);
    return out;
  }

  /**
   * The next message, waiting for it; null when the peer has ended the conversation.
   *
   * @throws TcpPunchException when the link broke
   */
  public byte @Nullable [] receive() throws IOException, InterruptedException {
    return handler.inbox().take();
  }

  /** Tells the peer that nothing more will be sent; receiving goes on until the peer's end. */
  public void finish() {
    finished = true;
    afterPendingWrites(() -> ((DuplexChannel) channel).shutdownOutput());
  }

  /**
   * Closes the connection after what was sent has left this machine, waiting at most 30 s for that.
   * To be sure that the peer has it all, {@link #finish} and {@link #receive} until null first.
   */
  @Override
  public void close() {
    handler.inbox().end(null);
    afterPendingWrites(channel::close);
    if (!channel.eventLoop().inEventLoop()
        && !channel.closeFuture().awaitUninterruptibly(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      channel.close();
    }
  }

  /**
   * Throws the connection away: for the peer it breaks, where after {@link #close} it ends. For a
   * link that nobody reads, so that the peer does not take what it sends for delivered.
   */
  public void abort() {
    handler.inbox().end(null);
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }

  private void afterPendingWrites(Runnable then) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> then.run());
  }
}
