package io.culvert.client.net;

import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;

/** UDP sockets. */
public final class DatagramSockets {
  /** RFC 1112 §4, RFC 4291 §2.7.1: all hosts of the link. */
  private static final InetAddress ALL_IPV4 = InetAddress.ofLiteral("224.0.0.1");

  private static final InetAddress ALL_IPV6 = InetAddress.ofLiteral("ff02::1");

  private DatagramSockets() {}

  /** Opens a socket for IPv4, on all local addresses; port 0 is a fresh one. */
  public static ChannelFuture open(EventLoop loop, int port, ChannelHandler handler) {
    Transport transport = PunchSockets.TRANSPORT;
    return new Bootstrap()
        .group(loop)
        .channelFactory(transport.datagramSockets(SocketProtocolFamily.INET))
        .handler(handler)
        .bind(PunchSockets.ANY, port);
  }

  /** Opens a socket that hears from nobody else than {@code remote}, and why nobody is there. */
  public static ChannelFuture connect(
      EventLoop loop, InetSocketAddress local, InetSocketAddress remote, ChannelHandler handler) {
    return new Bootstrap()
        .group(loop)
        .channelFactory(PunchSockets.TRANSPORT.datagramSockets(family(local.getAddress())))
        .handler(handler)
        .connect(remote, local);
  }

  /**
   * Opens a socket for what is sent to that port of all hosts of a network (224.0.0.1, ff02::1);
   * several may share it.
   *
   * @param ours an address of ours in that network
   */
  public static ChannelFuture listenToAllHosts(
      EventLoop loop, InetAddress ours, int port, ChannelHandler handler) {
    ChannelFuture bound =
        new Bootstrap()
            .group(loop)
            .channelFactory(PunchSockets.TRANSPORT.datagramSockets(family(ours)))
            .option(ChannelOption.SO_REUSEADDR, true)
            .handler(handler)
            .bind(ours instanceof Inet4Address ? PunchSockets.ANY : PunchSockets.ANY_IPV6, port);
    bound.addListener((ChannelFuture done) -> {
      if (done.isSuccess()) {
        join((DatagramChannel) done.channel(), ours);
      }
    });
    return bound;
  }

  private static void join(DatagramChannel channel, InetAddress ours) {
    try {
      NetworkInterface device = NetworkInterface.getByInetAddress(ours);
      if (device != null) {
        channel.joinGroup(ours instanceof Inet4Address ? ALL_IPV4 : ALL_IPV6, device, null);
      }
    } catch (SocketException e) {
      channel.pipeline().fireExceptionCaught(e);
    }
  }

  /** That of an address. */
  static SocketProtocolFamily family(InetAddress ip) {
    return ip instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }

  /** The address of this machine from which datagrams to {@code remote} go out; sends nothing. */
  public static Optional<InetAddress> localAddressTowards(InetSocketAddress remote) {
    try (DatagramSocket probe = new DatagramSocket()) {
      probe.connect(remote);
      return Optional.of(probe.getLocalAddress()).filter(ip -> !ip.isAnyLocalAddress());
    } catch (SocketException e) {
      return Optional.empty(); // there is no way to it
    }
  }
}
