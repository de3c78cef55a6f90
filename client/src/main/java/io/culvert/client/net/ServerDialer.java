package io.culvert.client.net;

import io.culvert.client.Proxies;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedTrustManager;

/** Opens TCP connections to servers, encrypted or not. Thread-safe. */
public final class ServerDialer {
  private final EventLoop loop;
  private final Proxies proxies;
  private final X509ExtendedTrustManager authorities;

  /** A connection that a protocol can speak on, and what is known of its other end. */
  public record Dialed(Channel channel, ServerSecurity security) {}

  /** All connections run on this event loop. */
  public ServerDialer(EventLoop loop, Proxies proxies) {
    this(loop, proxies, JvmAuthorities.TRUST);
  }

  ServerDialer(EventLoop loop, Proxies proxies, X509ExtendedTrustManager authorities) {
    this.loop = loop;
    this.proxies = proxies;
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
   * @param protocol puts the protocol's handlers into the pipeline of the connected channel, on the
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
      Consumer<ChannelPipeline> protocol) {
    return dial(server, server.getHostString(), policy, trust, patience, protocol);
  }

  /** The same when authorities must have vouched for that name, though the server is a number. */
  CompletableFuture<Dialed> dial(
      InetSocketAddress server,
      String name,
      TlsPolicy policy,
      ServerTrust trust,
      Duration patience,
      Consumer<ChannelPipeline> protocol) {
    if (server.isUnresolved()) {
      throw new IllegalArgumentException(server + " is not resolved");
    }
    if (policy == TlsPolicy.NONE && trust instanceof ServerTrust.Pinned) {
      throw new IllegalArgumentException("without TLS there is no certificate to be pinned");
    }
    Dial.Order order = new Dial.Order(server, name, policy, trust, authorities, patience, protocol);
    Dial direct = new Dial(loop, order, Optional.empty());
    return proxies
        .towards(server)
        .map(proxy -> new Detour(loop, direct, new Dial(loop, order, Optional.of(proxy))).start())
        .orElseGet(direct::start);
  }
}
