package io.culvert.server.tag;

import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Listeners;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code tag} service. One thread closes it; everything else may be called by any. */
public final class TagServer implements AutoCloseable {
  private static final int SECRET_BYTES = 32;

  /** So that the first of many clients that register at once are not dropped for the last. */
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  private final EventLoopGroup eventLoop = Transport.best().eventLoops(1, "tag");
  private final Counters<TagCounter> counters = new Counters<>(TagCounter.class);
  private final Listeners listeners = new Listeners();
  private final TagService service;
  private final TagTimer timer;

  private TagServer() {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    InstantSource clock = new MonotonicTime();
    this.service = new TagService(secret, clock, counters);
    this.timer = new TagTimer(service, clock, eventLoop.next());
  }

  /**
   * Opens the port on all addresses.
   *
   * @throws ServerStartException when it cannot be had; nothing stays open then
   */
  public static TagServer start(List<InetAddress> addresses, TagConfig config)
      throws ServerStartException {
    TagServer server = new TagServer();
    try {
      server.listeners.receive("tag", server.bootstrap(), addresses, config.port(), "tag.port");
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  /** What is open. */
  public List<Listener> listeners() {
    return listeners.all();
  }

  /** How many clients are registered. */
  public int registered() {
    return service.registered();
  }

  /** What has been counted since the start. */
  public Map<TagCounter, Long> counters() {
    return counters.snapshot();
  }

  /** Closes the sockets and returns when that is done. */
  @Override
  public void close() {
    listeners.close();
    eventLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private Bootstrap bootstrap() {
    return new Bootstrap()
        .group(eventLoop)
        .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        // One byte more than there may be, to tell what is too long.
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(TagMessage.MAX_BYTES + 1))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new TagHandler(service, timer, counters));
              }
            });
  }
}
