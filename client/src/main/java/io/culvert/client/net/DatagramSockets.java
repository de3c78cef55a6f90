package io.culvert.client.net;

import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Optional;

/** UDP sockets for IPv4, on all local addresses. */
public final class DatagramSockets {
  private DatagramSockets() {}

  /** Opens a socket; port 0 is a fresh one. */
  public static ChannelFuture open(EventLoop loop, int port, ChannelHandler handler) {
    Transport transport = PunchSockets.TRANSPORT;
    return new Bootstrap()
        .group(loop)
        .channelFactory(transport.datagramSockets(SocketProtocolFamily.INET))
        .handler(handler)
        .bind(PunchSockets.ANY, port);
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
