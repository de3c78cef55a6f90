package io.culvert.server.http;

import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Entrance;
import io.culvert.server.net.Gate;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ReadShare;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.TcpService;
import io.culvert.server.tls.TlsFront;
import io.culvert.wire.ApplicationProtocol;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * HTTP, on a port that takes HTTPS as well. One thread opens and closes it; everything else may be
 * called by any.
 */
public final class HttpService implements AutoCloseable {
  private static final int MAX_REQUEST_BYTES = 8 << 10;
  private static final int SILENCE_SECONDS = 10;
  private static final int MAX_CONNECTIONS_PER_ADDRESS = 1024;

  private final Counters<HttpCounter> counters = new Counters<>(HttpCounter.class);
  private final TcpService<HttpCounter> service =
      new TcpService<>(
          "http",
          MAX_CONNECTIONS_PER_ADDRESS,
          WriteBufferWaterMark.DEFAULT,
          counters,
          HttpCounter.OVER_LIMIT);
  private final TlsFront tls;

  /**
   * Opens nothing yet.
   *
   * @param tls decrypts what clients send encrypted
   */
  public HttpService(TlsFront tls) {
    this.tls = tls;
  }

  /**
   * Opens the port.
   *
   * @param routes what there is, by path
   * @throws ServerStartException when the port cannot be had
   */
  public void listen(HttpConfig config, Map<String, HttpRoute> routes) throws ServerStartException {
    service.listen("http", List.of(config.listen()), config.port(), "http.port", pipeline(routes));
  }

  /**
   * For clients over TLS that come to another port.
   *
   * @param routes what there is for them, by path
   */
  public Entrance entrance(Map<String, HttpRoute> routes) {
    return service.entrance(pipeline(routes));
  }

  private Consumer<ChannelPipeline> pipeline(Map<String, HttpRoute> routes) {
    SortedMap<String, HttpRoute> sorted = new TreeMap<>(routes);
    return pipeline -> {
      // All of a request that is too long, or the answer that says so would be taken back.
      ReadShare.of(pipeline.channel()).widen();
      pipeline.addLast(tls.handler(ApplicationProtocol.HTTP)).addLast(handlers(sorted));
    };
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
    return service.listeners();
  }

  /** What has been counted since the start. */
  public Map<HttpCounter, Long> counters() {
    return counters.snapshot();
  }

  @Override
  public void close() {
    service.close();
  }
}
