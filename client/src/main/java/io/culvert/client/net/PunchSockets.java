package io.culvert.client.net;

import io.culvert.traversal.tcp.DialError;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The TCP sockets of one punch, which all share one local port: a connection to the server, a
 * listener and any number of dials. Linux lets them share it when each of them, the first one
 * included, has SO_REUSEPORT from before it was bound.
 */
public final class PunchSockets {
  /** Links are closed in halves, which {@link Transport#EPOLL} does not survive. */
  public static final Transport TRANSPORT = Transport.NIO;

  private static final Duration SERVER_CONNECT = Duration.ofSeconds(10);
  private static final Duration PEER_SILENCE = Duration.ofSeconds(15);
  static final String ANY = "0.0.0.0";
  static final String ANY_IPV6 = "::";

  private final EventLoop loop;
  private final Transport transport;

  /** Those whose links may be closed in halves. */
  public PunchSockets(EventLoop loop) {
    this(loop, TRANSPORT);
  }

  /**
   * Those of another transport, for links that end as a whole.
   *
   * @param transport that of the loop
   */
  public PunchSockets(EventLoop loop, Transport transport) {
    this.loop = loop;
    this.transport = transport;
  }

  /** Connects to a server; port 0 is a fresh one. */
  public ChannelFuture connect(int port, InetSocketAddress server, ChannelHandler... handlers) {
    return connect(port, server, SERVER_CONNECT, handlers);
  }

  /** Accepts links on the port, on all local addresses of IPv4; port 0 is a fresh one. */
  public ChannelFuture listen(int port, Consumer<Channel> accepted) {
    return listen(SocketProtocolFamily.INET, port, accepted);
  }

  /** The same on those of that family. */
  public ChannelFuture listen(SocketProtocolFamily family, int port, Consumer<Channel> accepted) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(transport.serverSockets(family))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.accept(channel);
                  }
                });
    transport.sharePort(bootstrap::option);
    transport.detectDeadPeer(PEER_SILENCE, bootstrap::childOption);
    return bootstrap.bind(any(family), port);
  }

  /** Dials a peer from the port. The caller bounds the time. */
  public ChannelFuture dial(int port, InetSocketAddress to) {
    return connect(port, to, Duration.ZERO);
  }

  /** Why a dial has come to nothing. */
  public static DialError dialError(Throwable cause) {
    return switch (SocketError.of(cause)) {
      case REFUSED, RESET -> DialError.REFUSED;
      case ADDRESS_NOT_AVAILABLE -> DialError.CONNECTED_ALREADY;
      case NO_ANSWER, NO_ROUTE, ADDRESS_IN_USE, NOT_PERMITTED, TOO_MANY_FILES, OTHER ->
          DialError.UNREACHABLE;
    };
  }

  /**
   * Whether there is not even a socket. Netty then gives a channel that cannot be closed and a
   * future that would tell its listeners on another thread.
   */
  public static boolean noneOpened(ChannelFuture opening) {
    return opening.isDone() && !opening.channel().isRegistered() && opening.cause() != null;
  }

  /**
   * A link, and a dial that the peer's dial has met half-way, are connections to the kernel, which
   * would go on closing them properly for a minute: until then no other dial could have the two
   * addresses.
   */
  public static void reset(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }

  private ChannelFuture connect(
      int port, InetSocketAddress to, Duration timeout, ChannelHandler... handlers) {
    SocketProtocolFamily family = DatagramSockets.family(to.getAddress());
    return bootstrap(family, timeout, handlers)
        .connect(to, new InetSocketAddress(any(family), port));
  }

  private static String any(SocketProtocolFamily family) {
    return family == SocketProtocolFamily.INET6 ? ANY_IPV6 : ANY;
  }

  private Bootstrap bootstrap(
      SocketProtocolFamily family, Duration connectTimeout, ChannelHandler... handlers) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport.sockets(family))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handlers);
                  }
                });
    transport.sharePort(bootstrap::option);
    transport.detectDeadPeer(PEER_SILENCE, bootstrap::option);
    return bootstrap;
  }
}
