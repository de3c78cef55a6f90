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
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code tag} service. One thread closes it; everything else may be called by any. */
public final class TagServer implements AutoCloseable {
  /** So that the first of many clients that register at once are not dropped for the last. */
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  private final EventLoopGroup eventLoop = Transport.best().eventLoops(1, "tag");
  private final Counters<TagCounter> counters = new Counters<>(TagCounter.class);
  private final Listeners listeners = new Listeners();
  private final TagService service;
  private final TagTimer timer;

  private TagServer(TagKey key) {
    InstantSource clock = new MonotonicTime();
    this.service = new TagService(key, clock, counters);
    this.timer = new TagTimer(service, clock, eventLoop.next());
  }

  /**
   * Opens the port on all addresses. After a restart with the same data directory every address has
   * the tag again that it had before.
   *
   * @param data the data directory, which is made if need be
   * @throws ServerStartException when the port cannot be had, nothing stays open then; or when the
   *     key of the tags cannot be kept in the data directory
   */
  public static TagServer start(List<InetAddress> addresses, TagConfig config, Path data)
      throws ServerStartException {
    return start(addresses, config, TagKey.keptIn(data));
  }

  /**
   * The same, for a server that keeps nothing: no other has the same tags.
   *
   * @throws ServerStartException when the port cannot be had; nothing stays open then
   */
  public static TagServer start(List<InetAddress> addresses, TagConfig config)
      throws ServerStartException {
    return start(addresses, config, TagKey.random());
  }

  private static TagServer start(List<InetAddress> addresses, TagConfig config, TagKey key)
      throws ServerStartException {
    TagServer server = new TagServer(key);
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
