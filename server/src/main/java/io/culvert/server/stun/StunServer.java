package io.culvert.server.stun;

import io.culvert.server.config.TurnConfig;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.TcpService;
import io.culvert.wire.stun.StunFrameDecoder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * The STUN service, on one port of UDP and TCP. One thread closes it; everything else may be called
 * by any.
 */
public final class StunServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS_PER_ADDRESS = 1024;

  /** What no request of a Binding comes near; a datagram that is longer is cut off by Netty. */
  private static final int MAX_MESSAGE_BYTES = 2 << 10;

  /** For bursts; the kernel may grant less. */
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(8 << 10, 16 << 10);

  private final Counters<StunCounter> counters = new Counters<>(StunCounter.class);
  private final BindingResponder responder = new BindingResponder(counters);
  private final TcpService<StunCounter> service =
      new TcpService<>(
          "stun", MAX_CONNECTIONS_PER_ADDRESS, UNREAD, counters, StunCounter.OVER_LIMIT);

  private StunServer() {}

  /**
   * Opens the port on all addresses.
   *
   * @throws ServerStartException when it cannot be had; nothing stays open then
   */
  public static StunServer start(List<InetAddress> addresses, TurnConfig config)
      throws ServerStartException {
    StunServer server = new StunServer();
    try {
      server.service.listen(
          "stun tcp",
          addresses,
          config.port(),
          "turn.port",
          pipeline -> pipeline.addLast(handlers(server.responder, server.counters)));
      server.service.receive("stun udp", server.bootstrap(), addresses, server.port(), "turn.port");
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  /** What is open: first the sockets of TCP, then those of UDP. */
  public List<Listener> listeners() {
    return service.listeners();
  }

  /** The port of UDP and TCP. */
  public int port() {
    return listeners().getFirst().address().getPort();
  }

  /** What has been counted since the start. */
  public Map<StunCounter, Long> counters() {
    return counters.snapshot();
  }

  /** Closes every connection and returns when that is done. */
  @Override
  public void close() {
    service.close();
  }

  private Bootstrap bootstrap() {
    return new Bootstrap()
        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
        .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        .handler(new DatagramHandler(responder, counters));
  }

  /** What a connection goes through. */
  static ChannelHandler[] handlers(BindingResponder responder, Counters<StunCounter> counters) {
    ConnectionGuard<StunCounter> guard =
        new ConnectionGuard<>(counters, StunCounter.MALFORMED, StunCounter.TIMED_OUT);
    return new ChannelHandler[] {
      new StunFrameDecoder(MAX_MESSAGE_BYTES),
      new Gate(),
      new StreamHandler(responder, guard),
      guard
    };
  }
}
