package io.culvert.server.tcppunch;

import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.TcpService;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The {@code tcppunch} service: a main port and a tcp-a port. One thread closes it; everything else
 * may be called by any.
 */
public final class TcpPunchServer implements AutoCloseable {
  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(8 << 10, 16 << 10);

  private final Rendezvous rendezvous = new Rendezvous();
  private final Counters<TcpPunchCounter> counters = new Counters<>(TcpPunchCounter.class);
  private final TcpService<TcpPunchCounter> service;

  private TcpPunchServer(TcpPunchConfig config) {
    service =
        new TcpService<>(
            "tcppunch", config.maxConnectionsPerIp(), UNREAD, counters, TcpPunchCounter.OVER_LIMIT);
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
      server.service.listen(
          "tcppunch",
          addresses,
          config.port(),
          "tcppunch.port",
          server.pipeline(
              TcpPunchChannelCodec::main,
              guard -> new MainChannelHandler(server.rendezvous, server.counters, guard)));
      server.service.listen(
          "tcppunch tcp-a",
          addresses,
          config.auxPort(),
          "tcppunch.aux-port",
          server.pipeline(
              TcpPunchChannelCodec::aux,
              guard -> new AuxChannelHandler(server.rendezvous, server.counters, guard)));
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  /** What is open: first the main port's sockets, then those of tcp-a. */
  public List<Listener> listeners() {
    return service.listeners();
  }

  /** Where clients go online, on the first of the addresses. */
  public InetSocketAddress mainAddress() {
    return service.listeners().getFirst().address();
  }

  /** Where clients show their ports, on the last of the addresses. */
  public InetSocketAddress auxAddress() {
    return service.listeners().getLast().address();
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
    service.close();
  }

  private Consumer<ChannelPipeline> pipeline(
      Supplier<TcpPunchChannelCodec> codec,
      Function<ConnectionGuard<TcpPunchCounter>, ChannelHandler> logic) {
    return pipeline -> {
      ConnectionGuard<TcpPunchCounter> guard =
          new ConnectionGuard<>(counters, TcpPunchCounter.MALFORMED, TcpPunchCounter.TIMED_OUT);
      pipeline.addLast(codec.get(), new Gate(), logic.apply(guard), guard);
    };
  }
}
