package io.culvert.server.net;

import io.culvert.server.net.Listeners.Listener;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The ports of a service whose clients stay connected, and the one event loop on which all of it
 * lives. One thread opens and closes it.
 */
public final class TcpService<C extends Enum<C>> implements AutoCloseable {
  /** A client that vanished without a word is noticed within twice this time. */
  private static final Duration CLIENT_SILENCE = Duration.ofSeconds(30);

  private static final int BACKLOG = 4096;

  private final EventLoopGroup eventLoop;
  private final ConnectionLimit limit;
  private final WriteBufferWaterMark unread;
  private final Counters<C> counters;
  private final C overLimit;
  private final Listeners listeners = new Listeners();

  /**
   * Opens nothing yet.
   *
   * @param thread what the event loop's thread is named after
   * @param maxConnectionsPerIp on all ports together
   * @param unread how many bytes a client may leave unread
   * @param overLimit counts connections that are closed at once, for their address has too many
   */
  public TcpService(
      String thread,
      int maxConnectionsPerIp,
      WriteBufferWaterMark unread,
      Counters<C> counters,
      C overLimit) {
    this(Transport.best().eventLoops(1, thread), maxConnectionsPerIp, unread, counters, overLimit);
  }

  /**
   * The same on several event loops, among which connections are spread; {@link #close} ends them.
   */
  public TcpService(
      EventLoopGroup eventLoops,
      int maxConnectionsPerIp,
      WriteBufferWaterMark unread,
      Counters<C> counters,
      C overLimit) {
    this.eventLoop = eventLoops;
    this.limit = new ConnectionLimit(maxConnectionsPerIp);
    this.unread = unread;
    this.counters = counters;
    this.overLimit = overLimit;
  }

  /**
   * Opens a port on all addresses.
   *
   * @param setting the key of the port in the configuration, for the error sentence
   * @param handlers puts into a new connection's pipeline what it goes through
   * @throws ServerStartException when the port cannot be had
   */
  public void listen(
      String name,
      List<InetAddress> addresses,
      int port,
      String setting,
      Consumer<ChannelPipeline> handlers)
      throws ServerStartException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoop)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, unread)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (admitted(channel)) {
                      ReadShare.of(channel);
                      handlers.accept(channel.pipeline());
                    }
                  }
                });
    Transport.best().detectDeadPeer(CLIENT_SILENCE, bootstrap::childOption);
    listeners.listen(name, bootstrap, addresses, port, setting);
  }

  /**
   * Receives on a UDP port of all addresses.
   *
   * @param bootstrap as {@link Listeners#receive} wants it, but for the event loop
   * @param setting the key of the port in the configuration, for the error sentence
   * @throws ServerStartException when the port cannot be had
   */
  public void receive(
      String name, Bootstrap bootstrap, List<InetAddress> addresses, int port, String setting)
      throws ServerStartException {
    listeners.receive(name, bootstrap.clone().group(eventLoop), addresses, port, setting);
  }

  /**
   * Where connections come in that another service has accepted.
   *
   * @param handlers as for a port
   */
  public Entrance entrance(Consumer<ChannelPipeline> handlers) {
    return (channel, first) -> {
      Passage passage = new Passage(first);
      channel.pipeline().addLast(passage);
      channel.config().setAutoRead(false);
      if (eventLoop.isShuttingDown()) {
        channel.close();
        return;
      }
      channel
          .deregister()
          .addListener(left ->
              eventLoop
                  .register(channel)
                  .addListener(registered -> {
                    if (registered.isSuccess() && admitted(channel)) {
                      begin(channel, passage, handlers);
                    }
                  }));
    };
  }

  private void begin(Channel channel, Passage passage, Consumer<ChannelPipeline> handlers) {
    channel.config().setWriteBufferWaterMark(unread);
    channel.config().setAutoRead(true);
    ChannelPipeline pipeline = channel.pipeline();
    handlers.accept(pipeline);
    pipeline.fireChannelActive();
    pipeline.remove(passage);
  }

  /** Gives a connection of this service away. On its event loop, and as its entrance wants it. */
  public void pass(Channel channel, ByteBuf first, Entrance to) {
    limit.leave(channel);
    listeners.left(channel);
    to.enter(channel, first);
  }

  private boolean admitted(Channel channel) {
    // Asked for its address now, it knows it even when the client has gone.
    if (channel.localAddress() != null && limit.admit(channel)) {
      listeners.accepted(channel);
      return true;
    }
    counters.count(overLimit);
    channel.close();
    return false;
  }

  /** What is open, in the order it was opened. */
  public List<Listener> listeners() {
    return listeners.all();
  }

  /** Where everything of this service happens. */
  public EventExecutor eventLoop() {
    return eventLoop.next();
  }

  /** Closes every connection and returns when that is done. */
  @Override
  public void close() {
    listeners.close();
    eventLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
