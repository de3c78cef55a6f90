package io.culvert.wire.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.StandardSocketOptions;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/** A Netty transport. Client and server both take theirs from here. */
public enum Transport {
  /**
   * Linux. Connections that are closed in halves must be {@link #refreshed}: up to 4.2.18 at least,
   * Netty takes one that waits for nothing out of the epoll set, and fails when it is to wait
   * again.
   */
  EPOLL,
  /** Everywhere. */
  NIO;

  /**
   * What Netty offers for sockets that listen only; the numbers are those of Linux, and the same on
   * all machines that Netty's epoll is for.
   */
  private static final IntegerUnixChannelOption REUSE_PORT =
      new IntegerUnixChannelOption("SO_REUSEPORT", 1, 15);

  /** The best this machine has. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** That of a loop. */
  public static Transport of(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class) ? EPOLL : NIO;
  }

  /** Makes listening TCP channels for addresses of one family: no IPv4 address is to take IPv6. */
  public ChannelFactory<ServerSocketChannel> serverSockets(SocketProtocolFamily family) {
    return switch (this) {
      case EPOLL -> () -> new EpollServerSocketChannel(family);
      case NIO -> () -> new NioServerSocketChannel(SelectorProvider.provider(), family);
    };
  }

  /** Makes TCP channels that are to be connected from an address of one family. */
  public ChannelFactory<SocketChannel> sockets(SocketProtocolFamily family) {
    return switch (this) {
      case EPOLL -> () -> new EpollSocketChannel(family);
      case NIO -> () -> new NioSocketChannel(SelectorProvider.provider(), family);
    };
  }

  /**
   * Lets the sockets of this process share a local address with a port, which each of them needs
   * before it is bound.
   */
  public void sharePort(OptionSetter options) {
    options.set(ChannelOption.SO_REUSEADDR, true);
    switch (this) {
      case EPOLL -> options.set(REUSE_PORT, 1);
      case NIO -> options.set(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
    }
  }

  /** Makes UDP channels for addresses of one family: no IPv4 address is to take IPv6. */
  public ChannelFactory<DatagramChannel> datagramSockets(SocketProtocolFamily family) {
    return switch (this) {
      case EPOLL -> () -> new EpollDatagramChannel(family);
      case NIO -> () -> new NioDatagramChannel(SelectorProvider.provider(), family);
    };
  }

  /** Event loops on daemon threads, which are named after {@code purpose}. */
  public EventLoopGroup eventLoops(int count, String purpose) {
    return new MultiThreadIoEventLoopGroup(
        count, new DefaultThreadFactory(purpose, true), ioHandlers());
  }

  /** What an event loop of this transport asks the kernel with. */
  public IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /**
   * Does something to a connection whose other end may have ended its half: to be called before
   * such a one is read from again after a pause, or written to. On the channel's event loop.
   */
  public void refreshed(Channel channel, Runnable then) {
    switch (this) {
      case NIO -> then.run();
      case EPOLL -> {
        EventLoop loop = channel.eventLoop();
        channel
            .deregister()
            .addListener(gone -> loop.register(channel).addListener(back -> then.run()));
      }
    }
  }

  /** Takes an option of a channel that is going to be opened: {@code bootstrap::option}. */
  @FunctionalInterface
  public interface OptionSetter {
    /** Sets one option. */
    <T> void set(ChannelOption<T> option, T value);
  }

  /**
   * Has the kernel take no more than so many bytes that it cannot send yet, so that nothing waits
   * there for long. Only epoll can; elsewhere the kernel's own limit holds.
   */
  public void limitUnsent(int bytes, OptionSetter options) {
    switch (this) {
      case EPOLL -> options.set(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) bytes);
      case NIO -> {}
    }
  }

  /**
   * Has a TCP connection closed when its other end has silently vanished: probes go out after
   * {@code idle} without traffic, and after three of them, or after the same time with data in
   * flight, it is over. Only epoll can bound the latter; elsewhere the kernel's own limit holds.
   */
  public void detectDeadPeer(Duration idle, OptionSetter options) {
    int probes = 3;
    int idleSeconds = Math.toIntExact(idle.toSeconds());
    int probeSeconds = Math.max(1, idleSeconds / probes);
    options.set(ChannelOption.SO_KEEPALIVE, true);
    switch (this) {
      case EPOLL -> {
        options.set(EpollChannelOption.TCP_KEEPIDLE, idleSeconds);
        options.set(EpollChannelOption.TCP_KEEPINTVL, probeSeconds);
        options.set(EpollChannelOption.TCP_KEEPCNT, probes);
        options.set(
            EpollChannelOption.TCP_USER_TIMEOUT, (idleSeconds + probes * probeSeconds) * 1000);
      }
      case NIO -> {
        options.set(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idleSeconds);
        options.set(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), probeSeconds);
        options.set(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
      }
    }
  }
}
