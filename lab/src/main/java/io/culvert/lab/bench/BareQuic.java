package io.culvert.lab.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Netty's QUIC on Netty's epoll sockets, with nothing of ours: what we compare ourselves with. */
final class BareQuic {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final int CHUNK = 64 << 10;
  private static final long WINDOW = 16 << 20;

  private final Path identity;

  /**
   * A server with a certificate.
   *
   * @param identity a file with the certificate and its key
   */
  BareQuic(Path identity) {
    this.identity = identity;
  }

  /** How long so many bytes on one stream take. */
  long nanosFor(long bytes)
      throws BenchException, InterruptedException, ExecutionException, TimeoutException {
    EventLoopGroup one = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    EventLoopGroup other = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      CompletableFuture<Long> received = new CompletableFuture<>();
      Channel server = socket(other, server(received));
      Channel client = socket(one, client());
      QuicChannel connection =
          QuicChannel.newBootstrap(client)
              .option(
                  QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
                  EpollQuicUtils.newSegmentedAllocator(48))
              .handler(new ChannelInboundHandlerAdapter())
              .streamHandler(new ChannelInboundHandlerAdapter())
              .remoteAddress(server.localAddress())
              .connect()
              .get();
      long begin = System.nanoTime();
      var _ = connection.createStream(QuicStreamType.BIDIRECTIONAL, new Source(bytes)).get();
      if (received.get(5, TimeUnit.MINUTES) != bytes) {
        throw new BenchException("Some bytes did not arrive.");
      }
      long nanos = System.nanoTime() - begin;
      connection.close().sync();
      client.close().sync();
      server.close().sync();
      return nanos;
    } finally {
      one.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
      other.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static Channel socket(EventLoopGroup loop, ChannelHandler codec)
      throws InterruptedException {
    return new Bootstrap()
        .group(loop)
        .channel(EpollDatagramChannel.class)
        .option(EpollChannelOption.UDP_GRO, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(64 << 10))
        .option(ChannelOption.SO_RCVBUF, 4 << 20)
        .option(ChannelOption.SO_SNDBUF, 4 << 20)
        .handler(codec)
        .bind(ANY)
        .sync()
        .channel();
  }

  private static ChannelHandler client() {
    QuicSslContext tls =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols("bare")
            .build();
    return common(new QuicClientCodecBuilder()).sslContext(tls).build();
  }

  private ChannelHandler server(CompletableFuture<Long> received) {
    QuicSslContext tls =
        QuicSslContextBuilder.forServer(identity.toFile(), null, identity.toFile())
            .applicationProtocols("bare")
            .build();
    return common(new QuicServerCodecBuilder())
        .sslContext(tls)
        .option(
            QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
            EpollQuicUtils.newSegmentedAllocator(48))
        .handler(new ChannelInboundHandlerAdapter())
        .streamHandler(new Sink(received))
        .build();
  }

  private static <B extends QuicCodecBuilder<B>> B common(B builder) {
    return builder
        .grease(false)
        .maxIdleTimeout(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS)
        .initialMaxData(WINDOW)
        .initialMaxStreamDataBidirectionalLocal(WINDOW)
        .initialMaxStreamDataBidirectionalRemote(WINDOW)
        .initialMaxStreamsBidirectional(16);
  }

  /** Writes as much as the stream takes. */
  private static final class Source extends ChannelInboundHandlerAdapter {
    private long left;

    Source(long bytes) {
      left = bytes;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      write(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      write(ctx);
    }

    private void write(ChannelHandlerContext ctx) {
      while (left > 0 && ctx.channel().isWritable()) {
        int length = (int) Math.min(CHUNK, left);
        left -= length;
        ctx.writeAndFlush(ctx.alloc().directBuffer(length).writeZero(length));
        if (left == 0) {
          ctx.writeAndFlush(QuicStreamFrame.EMPTY_FIN);
        }
      }
    }
  }

  /** Counts. */
  private static final class Sink extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Long> received;
    private long bytes;

    Sink(CompletableFuture<Long> received) {
      this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      bytes += buffer.readableBytes();
      buffer.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (((QuicStreamChannel) ctx.channel()).isInputShutdown()) {
        received.complete(bytes);
      }
    }
  }
}
