package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamLimitChangedEvent;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A connection, as its event loop sees it: handshake, streams, datagrams, end. Confined to the loop
 * but for what is final.
 */
final class Session extends ChannelInboundHandlerAdapter {
  /** The peer's datagrams that nobody has received yet; more are lost. */
  private static final int WAITING_DATAGRAMS = 256;

  private final EventLoop loop;
  private final PeerCheck check;
  private final EndingStory story;
  private final Duration keepAlive;
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final CompletableFuture<Ending> ended = new CompletableFuture<>();
  private final Mailbox<QuicStream> accepted =
      new Mailbox<>(QuicSetup.MAX_STREAMS, "The peer has opened no stream");
  private final Mailbox<byte[]> datagrams =
      new Mailbox<>(WAITING_DATAGRAMS, "The peer has sent no datagram");
  private final Deque<CompletableFuture<QuicStream>> openers = new ArrayDeque<>();
  private volatile int maxDatagram;
  private @Nullable QuicChannel channel;
  private @Nullable Future<?> keepAliveTimer;
  private boolean established;
  private boolean heard;

  Session(EventLoop loop, PeerCheck check, Duration keepAlive) {
    this.loop = loop;
    this.check = check;
    this.story = new EndingStory(check);
    this.keepAlive = keepAlive;
  }

  EventLoop loop() {
    return loop;
  }

  CompletableFuture<Void> connected() {
    return connected;
  }

  CompletableFuture<Ending> ended() {
    return ended;
  }

  Mailbox<QuicStream> accepted() {
    return accepted;
  }

  Mailbox<byte[]> datagrams() {
    return datagrams;
  }

  /** The most bytes of a datagram of the application; 0 while not connected. Any thread. */
  int maxDatagram() {
    return maxDatagram;
  }

  /** Whether there is a connection, which may not be established yet. */
  boolean hasBegun() {
    return channel != null;
  }

  /** Whether the peer has proved who it is, and it is not over. */
  boolean isEstablished() {
    return established;
  }

  /** Something has come from the peer. */
  void heard() {
    heard = true;
  }

  /** Opens a stream for whoever waits there, as soon as the peer allows for one more. */
  void open(CompletableFuture<QuicStream> opener) {
    if (ended.isDone()) {
      opener.completeExceptionally(ended.join().exception());
    } else {
      openers.add(opener);
      serveOpeners();
    }
  }

  private void serveOpeners() {
    QuicChannel through = channel;
    // A stream that is refused would still use up a number, so it is not tried.
    while (established
        && through != null
        && through.isActive()
        && through.peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0) {
      CompletableFuture<QuicStream> opener = openers.poll();
      if (opener == null) {
        return;
      }
      if (!opener.isDone()) {
        openNow(through, opener);
      }
    }
  }

  private void openNow(QuicChannel through, CompletableFuture<QuicStream> opener) {
    through
        .createStream(QuicStreamType.BIDIRECTIONAL, streamHandlers(opener::complete))
        .addListener((Future<QuicStreamChannel> opening) -> {
          if (!opening.isSuccess()) {
            opener.completeExceptionally(opening.cause());
          }
        });
  }

  /** Makes streams of those that the peer opens. */
  ChannelHandler acceptingStreams() {
    return streamHandlers(accepted::offer);
  }

  /** Makes a stream of each channel; who does not take it, does not get it. */
  private ChannelHandler streamHandlers(Predicate<QuicStream> receiver) {
    return new ChannelInitializer<QuicStreamChannel>() {
      @Override
      protected void initChannel(QuicStreamChannel stream) {
        StreamHandler handler = new StreamHandler(stream, () -> story.told(stream.parent()));
        stream.pipeline().addLast(handler);
        QuicStream made = new QuicStream(handler);
        if (!receiver.test(made)) {
          made.close();
        }
      }
    };
  }

  /** Sends a datagram of the application, or loses it. */
  Future<?> send(byte[] datagram) {
    return sendFrame(AppDatagram.of(datagram));
  }

  private Future<?> sendFrame(ByteBuf frame) {
    QuicChannel through = channel;
    if (!established || through == null) {
      frame.release();
      return loop.newSucceededFuture(null);
    }
    return through.writeAndFlush(frame);
  }

  /** Ends the connection; without effect when it is over. */
  void close(Ending why) {
    if (ended.isDone()) {
      return;
    }
    Ending told = why.sentence().isEmpty() ? story.closedHere(why) : why;
    story.ends(told);
    if (channel == null) {
      end(told);
    } else {
      byte[] reason = why.sentence().getBytes(StandardCharsets.UTF_8);
      channel.close(true, (int) why.code(), Unpooled.wrappedBuffer(reason));
    }
  }

  private void end(Ending ending) {
    if (keepAliveTimer != null) {
      keepAliveTimer.cancel(false);
    }
    established = false;
    connected.completeExceptionally(ending.exception());
    accepted.end(ending::exception);
    datagrams.end(ending::exception);
    openers.forEach(opener -> opener.completeExceptionally(ending.exception()));
    openers.clear();
    ended.complete(ending);
  }

  private void established() {
    if (!check.passed()) {
      // Nothing has proved who that is: a handshake that resumed another, for example.
      close(story.unproven());
      return;
    }
    established = true;
    keepAliveTimer =
        loop.scheduleWithFixedDelay(
            this::keepAlive, keepAlive.toNanos(), keepAlive.toNanos(), TimeUnit.NANOSECONDS);
    connected.complete(null);
    serveOpeners();
  }

  private void keepAlive() {
    if (!heard) {
      sendFrame(AppDatagram.ping());
    }
    heard = false;
  }

  @Override
  public void channelRegistered(ChannelHandlerContext ctx) {
    QuicChannel made = (QuicChannel) ctx.channel();
    channel = made;
    made.closeFuture().addListener(closed -> end(story.told(made)));
    ctx.fireChannelRegistered();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf datagram) {
      try {
        if (AppDatagram.isOfApplication(datagram)) {
          datagrams.offer(ByteBufUtil.getBytes(datagram));
        }
      } finally {
        datagram.release();
      }
    } else {
      ctx.fireChannelRead(message); // a stream
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> established();
      case QuicDatagramExtensionEvent extension ->
          maxDatagram = AppDatagram.room(extension.maxLength());
      case QuicStreamLimitChangedEvent _ -> serveOpeners();
      case QuicConnectionCloseEvent close -> story.peerCloses(close);
      default -> {}
    }
  }

  /** There is no connection at all. */
  void failed(Throwable cause) {
    story.fails(cause);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    story.fails(cause);
  }
}
