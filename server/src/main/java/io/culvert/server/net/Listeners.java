package io.culvert.server.net;

import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of a service, listening ones of TCP and such of UDP, and the connections that came of
 * them. One thread opens and closes them; {@link #accepted} and {@link #left} may be called by any.
 *
 * <p>An IPv6 wildcard socket takes IPv4 connections as well, so with both wildcards asked for only
 * that one is opened, and where there is no IPv6 only the other.
 */
public final class Listeners implements AutoCloseable {
  /**
   * A socket that takes what comes.
   *
   * @param name what it is for, for example {@code tcppunch}
   */
  public record Listener(String name, InetSocketAddress address) {
    /** The address as people write it: {@code 192.0.2.1:80}, {@code [2001:db8::1]:80}. */
    public String where() {
      return NetUtil.toSocketAddressString(address);
    }
  }

  @FunctionalInterface
  private interface Binding {
    ChannelFuture bind(SocketProtocolFamily family, InetSocketAddress address);
  }

  private record Open(String name, Channel channel) {}

  private static final InetAddress IPV4_WILDCARD = InetAddress.ofLiteral("0.0.0.0");

  private final List<Open> open = new ArrayList<>();
  private final ChannelGroup connections =
      new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

  /**
   * Listens on one TCP port of several addresses. Port 0 takes any free port, the same for all.
   *
   * @param bootstrap all but the type of channel, which depends on the address
   * @param setting the key of the port in the configuration, for the error sentence
   * @throws ServerStartException when one of them cannot be had
   */
  public void listen(
      String name, ServerBootstrap bootstrap, List<InetAddress> addresses, int port, String setting)
      throws ServerStartException {
    Binding binding =
        (family, address) ->
            bootstrap
                .clone()
                .channelFactory(Transport.best().serverSockets(family))
                .handler(new AcceptFailures())
                .bind(address);
    bindAll(name, binding, addresses, port, setting);
  }

  /**
   * Receives on one UDP port of several addresses. Port 0 takes any free port, the same for all.
   *
   * <p>What is sent from a wildcard socket leaves from the address that the system prefers on the
   * way there, not necessarily from the one that was asked.
   *
   * @param bootstrap all but the type of channel, which depends on the address; its handler is
   *     called for each socket, and SO_REUSEADDR is not set, since it would let another program
   *     have the same port
   * @param setting the key of the port in the configuration, for the error sentence
   * @throws ServerStartException when one of them cannot be had
   */
  public void receive(
      String name, Bootstrap bootstrap, List<InetAddress> addresses, int port, String setting)
      throws ServerStartException {
    Binding binding =
        (family, address) ->
            bootstrap
                .clone()
                .channelFactory(Transport.best().datagramSockets(family))
                .bind(address);
    bindAll(name, binding, addresses, port, setting);
  }

  private void bindAll(
      String name, Binding binding, List<InetAddress> addresses, int port, String setting)
      throws ServerStartException {
    int chosen = port;
    boolean bothWildcards =
        addresses.stream().anyMatch(Listeners::isIpv4Wildcard)
            && addresses.stream().anyMatch(Listeners::isIpv6Wildcard);
    for (InetAddress address : addresses.stream().distinct().toList()) {
      if (bothWildcards && isIpv4Wildcard(address)) {
        continue;
      }
      ChannelFuture bound = bind(binding, address, chosen);
      if (bothWildcards && isIpv6Wildcard(address) && lacksIpv6(bound)) {
        bound = bind(binding, IPV4_WILDCARD, chosen);
      }
      if (!bound.isSuccess()) {
        throw ListenFailure.of(
            name, new InetSocketAddress(address, chosen), setting, bound.cause());
      }
      open.add(new Open(name, bound.channel()));
      chosen = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }
  }

  /** What is open, in the order it was opened. */
  public List<Listener> all() {
    return open.stream()
        .map(o -> new Listener(o.name(), (InetSocketAddress) o.channel().localAddress()))
        .toList();
  }

  /** Takes a connection into the care of {@link #close}. */
  public void accepted(Channel connection) {
    connections.add(connection);
  }

  /** Takes it out of that care. */
  public void left(Channel connection) {
    connections.remove(connection);
  }

  /** Takes nothing any more and closes all connections; an event loop that stops does not. */
  @Override
  public void close() {
    open.forEach(o -> o.channel().close().awaitUninterruptibly());
    open.clear();
    connections.close().awaitUninterruptibly();
  }

  private static ChannelFuture bind(Binding binding, InetAddress address, int port) {
    SocketProtocolFamily family =
        address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    return binding.bind(family, new InetSocketAddress(address, port)).awaitUninterruptibly();
  }

  private static boolean lacksIpv6(ChannelFuture bound) {
    return !bound.isSuccess() && SocketError.of(bound.cause()) != SocketError.ADDRESS_IN_USE;
  }

  private static boolean isIpv4Wildcard(InetAddress address) {
    return address instanceof Inet4Address && address.isAnyLocalAddress();
  }

  private static boolean isIpv6Wildcard(InetAddress address) {
    return address instanceof Inet6Address && address.isAnyLocalAddress();
  }
}
