package io.culvert.server.http;

import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.net.Gate;
import io.culvert.server.net.Listeners;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.TlsFront;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The HTTP port, which takes HTTPS as well. Thread-safe. */
public final class HttpService implements AutoCloseable {
  private static final int MAX_REQUEST_BYTES = 8 << 10;
  private static final int SILENCE_SECONDS = 10;

  private final EventLoopGroup eventLoop = Transport.best().eventLoops(1, "http");
  private final Listeners listeners = new Listeners();

  private HttpService() {}

  /**
   * Opens the port.
   *
   * @param tls decrypts what clients send encrypted
   * @param routes what there is, by path
   * @throws ServerStartException when the port cannot be had
   */
  public static HttpService start(HttpConfig config, TlsFront tls, Map<String, HttpRoute> routes)
      throws ServerStartException {
    HttpService service = new HttpService();
    SortedMap<String, HttpRoute> sorted = new TreeMap<>(routes);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(service.eventLoop)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    service.listeners.accepted(channel);
                    channel.pipeline().addLast(tls.handler()).addLast(handlers(sorted));
                  }
                });
    try {
      service.listeners.listen(
          "http", bootstrap, List.of(config.listen()), config.port(), "http.port");
      return service;
    } catch (ServerStartException e) {
      service.close();
      throw e;
    }
  }

  /** What a connection goes through. */
  static ChannelHandler[] handlers(SortedMap<String, HttpRoute> routes) {
    Gate gate = new Gate();
    return new ChannelHandler[] {
      new HttpServerCodec(),
      new HttpServerKeepAliveHandler(),
      new HttpObjectAggregator(MAX_REQUEST_BYTES),
      // Behind the aggregator, where only a whole request counts as something read.
      new ReadTimeoutHandler(SILENCE_SECONDS),
      gate,
      new HttpHandler(routes, gate)
    };
  }

  /** What is open. */
  public List<Listener> listeners() {
    return listeners.all();
  }

  @Override
  public void close() {
    listeners.close();
    eventLoop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
