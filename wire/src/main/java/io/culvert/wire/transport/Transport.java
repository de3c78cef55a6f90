package io.culvert.wire.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/** A Netty transport. Client and server both take theirs from here. */
public enum Transport {
  /** Linux. */
  EPOLL,
  /** Everywhere. */
  NIO;

  /** The best this machine has. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** The type of an outgoing TCP channel. */
  public Class<? extends SocketChannel> socket() {
    return switch (this) {
      case EPOLL -> EpollSocketChannel.class;
      case NIO -> NioSocketChannel.class;
    };
  }

  /** The type of a listening TCP channel. */
  public Class<? extends ServerSocketChannel> serverSocket() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }

  /** SO_REUSEPORT, under this transport's name. */
  public ChannelOption<Boolean> reusePort() {
    return switch (this) {
      case EPOLL -> EpollChannelOption.SO_REUSEPORT;
      case NIO -> NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
    };
  }

  /** Event loops on daemon threads, which are named after {@code purpose}. */
  public EventLoopGroup eventLoops(int count, String purpose) {
    IoHandlerFactory ioHandler =
        switch (this) {
          case EPOLL -> EpollIoHandler.newFactory();
          case NIO -> NioIoHandler.newFactory();
        };
    return new MultiThreadIoEventLoopGroup(
        count, new DefaultThreadFactory(purpose, true), ioHandler);
  }

  /**
   * Options that close a TCP connection whose other end has silently vanished: probes go out after
   * {@code idle} without traffic, and after three of them, or after the same time with data in
   * flight, it is over. Only epoll can bound the latter; elsewhere the kernel's own limit holds.
   */
  public Map<ChannelOption<?>, Object> detectDeadPeer(Duration idle) {
    int probes = 3;
    int idleSeconds = Math.toIntExact(idle.toSeconds());
    int probeSeconds = Math.max(1, idleSeconds / probes);
    return switch (this) {
      case EPOLL ->
          Map.of(
              ChannelOption.SO_KEEPALIVE, true,
              EpollChannelOption.TCP_KEEPIDLE, idleSeconds,
              EpollChannelOption.TCP_KEEPINTVL, probeSeconds,
              EpollChannelOption.TCP_KEEPCNT, probes,
              EpollChannelOption.TCP_USER_TIMEOUT, (idleSeconds + probes * probeSeconds) * 1000);
      case NIO ->
          Map.of(
              ChannelOption.SO_KEEPALIVE, true,
              NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idleSeconds,
              NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), probeSeconds,
              NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
    };
  }
}
