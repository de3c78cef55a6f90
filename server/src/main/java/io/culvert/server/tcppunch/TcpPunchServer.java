package io.culvert.server.tcppunch;

import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.net.ConnectionLimit;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Listeners;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.PublicPort;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.SlowReaderPause;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The {@code tcppunch} service: a main port and a tcp-a port. One thread closes it; everything else
 * may be called by any.
 */
public final class TcpPunchServer implements AutoCloseable {
  /** A client that vanished without a word keeps its ClientId for at most twice this time. */
  private static final Duration CLIENT_SILENCE = Duration.ofSeconds(30);

  private final EventLoopGroup eventLoop;
  private final Rendezvous rendezvous = new Rendezvous();
  private final Counters<TcpPunchCounter> counters = new Counters<>(TcpPunchCounter.class);
  private final ConnectionLimit limit;
  private final SlowReaderPause slowReaderPause = new SlowReaderPause();
  private final Listeners listeners = new Listeners();

  private TcpPunchServer(TcpPunchConfig config) {
    this.eventLoop = Transport.best().eventLoops(1, "tcppunch");
    this.limit = new ConnectionLimit(config.maxConnectionsPerIp());
  }

  /**
   * Opens both ports on all addresses.
   *
   * @throws ServerStartException when a port cannot be had; none stays open then
   */
  public static TcpPunchServer start(List<InetAddress> addresses, TcpPunchConfig config)
      throws ServerStartException {
    TcpPunchServer server = new TcpPunchServer(config);
    try {
      server.listeners.listen(
          "tcppunch",
          server.bootstrap(
              TcpPunchChannelCodec::main,
              guard -> new MainChannelHandler(server.rendezvous, server.counters, guard)),
          addresses,
          config.port(),
          "tcppunch.port");
      server.listeners.listen(
          "tcppunch tcp-a",
          server.bootstrap(
              TcpPunchChannelCodec::aux,
              guard -> new AuxChannelHandler(server.rendezvous, server.counters, guard)),
          addresses,
          config.auxPort(),
          "tcppunch.aux-port");
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  /** What is open: first the main port's sockets, then those of tcp-a. */
  public List<Listener> listeners() {
    return listeners.all();
  }

  /** Where clients go online, on the first of the addresses. */
  public InetSocketAddress mainAddress() {
    return listeners.all().getFirst().address();
  }

  /** Where clients show their ports, on the last of the addresses. */
  public InetSocketAddress auxAddress() {
    return listeners.all().getLast().address();
  }

  /** How many clients are online. */
  public int online() {
    return rendezvous.online();
  }

  /** What has been counted since the start. */
  public Map<TcpPunchCounter, Long> counters() {
    return counters.snapshot();
  }

  /** Closes every connection and returns when that is done. */
  @Override
  public void close() {
    listeners.close();
    eventLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private ServerBootstrap bootstrap(
      Supplier<TcpPunchChannelCodec> codec, Function<ConnectionGuard, ChannelHandler> logic) {
    return PublicPort.tcp(eventLoop, CLIENT_SILENCE).childHandler(pipeline(codec, logic));
  }

  private ChannelInitializer<Channel> pipeline(
      Supplier<TcpPunchChannelCodec> codec, Function<ConnectionGuard, ChannelHandler> logic) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (admitted(channel)) {
          ConnectionGuard guard = new ConnectionGuard(counters);
          channel.pipeline().addLast(codec.get(), slowReaderPause, logic.apply(guard), guard);
        }
      }
    };
  }

  private boolean admitted(Channel channel) {
    if (limit.admit(channel)) {
      listeners.accepted(channel);
      return true;
    }
    counters.count(TcpPunchCounter.OVER_LIMIT);
    channel.close();
    return false;
  }
}
