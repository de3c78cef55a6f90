package io.culvert.client.net;

import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedTrustManager;

/** Opens TCP connections to servers, encrypted or not. Thread-safe. */
public final class ServerDialer {
  private final EventLoop loop;
  private final X509ExtendedTrustManager authorities;

  /** A connection that a protocol can speak on, and what is known of its other end. */
  public record Dialed(Channel channel, ServerSecurity security) {}

  /** All connections run on this event loop, which must be one of NIO. */
  public ServerDialer(EventLoop loop) {
    this(loop, JvmAuthorities.TRUST);
  }

  ServerDialer(EventLoop loop, X509ExtendedTrustManager authorities) {
    this.loop = loop;
    this.authorities = authorities;
  }

  /**
   * Connects.
   *
   * <p>With {@link TlsPolicy#PREFERRED} a server that within 2 s does not answer as one that speaks
   * TLS is connected to a second time, plainly, unless its certificate is pinned. One whose
   * certificate is not trusted, or whose handshake fails, never is.
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
    if (server.isUnresolved()) {
      throw new IllegalArgumentException(server + " is not resolved");
    }
    if (policy == TlsPolicy.NONE && trust instanceof ServerTrust.Pinned) {
      throw new IllegalArgumentException("without TLS there is no certificate to be pinned");
    }
    Dial dial = new Dial(loop, server, policy, trust, authorities, patience, protocol);
    return dial.start();
  }
}
