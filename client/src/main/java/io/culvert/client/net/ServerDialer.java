package io.culvert.client.net;

import io.culvert.client.Proxies;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.ApplicationProtocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedTrustManager;

/** Opens TCP connections to servers, encrypted or not. Thread-safe. */
public final class ServerDialer {
  /** So long one address of a server is alone before the next is tried, too (RFC 8305 §5). */
  private static final Duration NEXT_ADDRESS = Duration.ofMillis(250);

  /** So long the direct ways are. */
  static final Duration DETOUR = Duration.ofMillis(500);

  private final EventLoop loop;
  private final Proxies proxies;
  private final ApplicationProtocol protocol;
  private final X509ExtendedTrustManager authorities;

  /**
   * A connection that a protocol can speak on, and what is known of its other end.
   *
   * @param server which of the addresses of the server it leads to
   */
  public record Dialed(Channel channel, ServerSecurity security, InetSocketAddress server) {}

  /**
   * All connections run on this event loop.
   *
   * @param protocol what is to be spoken on them, told to servers that speak TLS; those that have a
   *     port for nothing else need not know it
   */
  public ServerDialer(EventLoop loop, Proxies proxies, ApplicationProtocol protocol) {
    this(loop, proxies, protocol, JvmAuthorities.TRUST);
  }

  ServerDialer(
      EventLoop loop,
      Proxies proxies,
      ApplicationProtocol protocol,
      X509ExtendedTrustManager authorities) {
    this.loop = loop;
    this.proxies = proxies;
    this.protocol = protocol;
    this.authorities = authorities;
  }

  /**
   * Connects.
   *
   * <p>With {@link TlsPolicy#PREFERRED} a server that within 2 s does not answer as one that speaks
   * TLS is connected to a second time, plainly, unless its certificate is pinned. One whose
   * certificate is not trusted, or whose handshake fails, never is.
   *
   * <p>Where a proxy leads to the server, it is asked to when there is no direct connection after
   * half a second; the first that comes about is taken.
   *
   * @param server a resolved address; {@link InetSocketAddress#getHostString} is the name that
   *     authorities must have vouched for
   * @param patience for each of: a connection, a handshake
   * @param handlers puts the protocol's handlers into the pipeline of the connected channel, on the
   *     event loop, before anything of the protocol can arrive: they see {@code handlerAdded} and
   *     no {@code channelActive}
   * @return completed on the event loop; fails with a {@link ServerConnectException}. Cancelling it
   *     gives the attempt up
   * @throws IllegalArgumentException when a certificate is pinned but there is to be no TLS
   */
  public CompletableFuture<Dialed> dial(
      InetSocketAddress server,
      TlsPolicy policy,
      ServerTrust trust,
      Duration patience,
      Consumer<ChannelPipeline> handlers) {
    return dial(List.of(server), server.getHostString(), policy, trust, patience, handlers);
  }

  /**
   * The same for a server with several addresses, at least one: each is tried when those before it
   * have failed, or have not answered for a quarter of a second.
   */
  public CompletableFuture<Dialed> dial(
      List<InetSocketAddress> addresses,
      TlsPolicy policy,
      ServerTrust trust,
      Duration patience,
      Consumer<ChannelPipeline> handlers) {
    return dial(addresses, addresses.getFirst().getHostString(), policy, trust, patience, handlers);
  }

  /** The same when authorities must have vouched for that name, though the server is a number. */
  CompletableFuture<Dialed> dial(
      List<InetSocketAddress> addresses,
      String name,
      TlsPolicy policy,
      ServerTrust trust,
      Duration patience,
      Consumer<ChannelPipeline> handlers) {
    for (InetSocketAddress address : addresses) {
      if (address.isUnresolved()) {
        throw new IllegalArgumentException(address + " is not resolved");
      }
    }
    if (policy == TlsPolicy.NONE && trust instanceof ServerTrust.Pinned) {
      throw new IllegalArgumentException("without TLS there is no certificate to be pinned");
    }
    List<Detour.Way> ways = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      Dial.Order order = order(address, name, policy, trust, patience, handlers);
      ways.add(new Detour.Way(NEXT_ADDRESS, new Dial(loop, order, Optional.empty()), false));
    }
    InetSocketAddress first = addresses.getFirst();
    proxies
        .towards(first)
        .ifPresent(proxy -> {
          Dial.Order order = order(first, name, policy, trust, patience, handlers);
          ways.add(new Detour.Way(DETOUR, new Dial(loop, order, Optional.of(proxy)), true));
        });
    return new Detour(loop, ways).start();
  }

  private Dial.Order order(
      InetSocketAddress server,
      String name,
      TlsPolicy policy,
      ServerTrust trust,
      Duration patience,
      Consumer<ChannelPipeline> handlers) {
    return new Dial.Order(server, name, policy, trust, authorities, patience, protocol, handlers);
  }
}
