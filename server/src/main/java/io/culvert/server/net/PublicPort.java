package io.culvert.server.net;

import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.time.Duration;

/** What holds at every TCP port that strangers connect to. */
public final class PublicPort {
  private static final int BACKLOG = 4096;
  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(8 << 10, 16 << 10);

  /** What one connection may have read before the others get their turn. */
  private static final RecvByteBufAllocator FAIR_SHARE =
      new FixedRecvByteBufAllocator(2 << 10).maxMessagesPerRead(1);

  private PublicPort() {}

  /**
   * All but the type of channel and the pipeline.
   *
   * @param silence after which a client's machine is probed; a client that has vanished without a
   *     word is noticed within twice this time
   */
  public static ServerBootstrap tcp(EventLoopGroup eventLoop, Duration silence) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoop)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, FAIR_SHARE);
    Transport.best().detectDeadPeer(silence, bootstrap::childOption);
    return bootstrap;
  }
}
