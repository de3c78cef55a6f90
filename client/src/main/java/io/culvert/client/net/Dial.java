package io.culvert.client.net;

import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerConnectException.Reason;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** One attempt to connect to one server. Confined to the event loop, except for start. */
final class Dial {
  /** After so long without traffic the other end is probed. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final InetSocketAddress server;
  private final TlsPolicy policy;
  private final ServerTrust trust;
  private final X509ExtendedTrustManager authorities;
  private final Duration patience;
  private final Consumer<ChannelPipeline> protocol;
  private final CompletableFuture<Dialed> result = new CompletableFuture<>();
  private @Nullable ChannelFuture connecting;

  Dial(
      EventLoop loop,
      InetSocketAddress server,
      TlsPolicy policy,
      ServerTrust trust,
      X509ExtendedTrustManager authorities,
      Duration patience,
      Consumer<ChannelPipeline> protocol) {
    this.loop = loop;
    this.server = server;
    this.policy = policy;
    this.trust = trust;
    this.authorities = authorities;
    this.patience = patience;
    this.protocol = protocol;
  }

  CompletableFuture<Dialed> start() {
    result.whenComplete((dialed, failure) -> {
      if (result.isCancelled()) {
        loop.execute(this::giveUp);
      }
    });
    loop.execute(policy == TlsPolicy.NONE ? this::connectPlainly : this::connectEncrypted);
    return result;
  }

  private void connectPlainly() {
    connect(channel -> {}, channel -> succeed(channel, new ServerSecurity.Plain()));
  }

  private void connectEncrypted() {
    boolean mayFallBack = policy == TlsPolicy.PREFERRED && !(trust instanceof ServerTrust.Pinned);
    TrustCheck check = new TrustCheck(server.getHostString(), trust, authorities);
    ClientHandshake handshake =
        new ClientHandshake(
            server,
            check,
            patience,
            mayFallBack,
            new ClientHandshake.Outcome() {
              @Override
              public void encrypted(Channel channel, ServerSecurity.Encrypted security) {
                succeed(channel, security);
              }

              @Override
              public void noTls() {
                if (mayFallBack && !result.isDone()) {
                  connectPlainly();
                } else {
                  fail(
                      Reason.NOT_ENCRYPTED,
                      "The server %s does not speak TLS, which is required.".formatted(where()));
                }
              }

              @Override
              public void failed(Reason reason, String sentence) {
                fail(reason, sentence);
              }
            });
    connect(handshake::prepare, handshake::begin);
  }

  private void connect(Consumer<Channel> prepare, Consumer<Channel> connected) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.AUTO_READ, false) // nothing may come before there is who takes it
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(patience.toMillis()))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare.accept(channel);
                  }
                });
    Transport.NIO.detectDeadPeer(SILENCE, bootstrap::option);
    connecting = bootstrap.connect(server);
    // Without a socket to be had, Netty says so on another thread.
    connecting.addListener((ChannelFuture done) ->
        loop.execute(() -> {
          if (done.isSuccess()) {
            connected.accept(done.channel());
          } else {
            fail(
                Reason.UNREACHABLE,
                "The server %s cannot be reached: %s."
                    .formatted(where(), SocketError.explain(done.cause())));
          }
        }));
  }

  private void succeed(Channel channel, ServerSecurity security) {
    try {
      protocol.accept(channel.pipeline());
      channel.config().setAutoRead(true);
      if (!result.complete(new Dialed(channel, security))) {
        channel.close();
      }
    } catch (RuntimeException e) {
      channel.close();
      result.completeExceptionally(e);
    }
  }

  private void fail(Reason reason, String sentence) {
    result.completeExceptionally(new ServerConnectException(reason, sentence));
  }

  private void giveUp() {
    if (connecting != null) {
      connecting.cancel(false);
      if (connecting.isSuccess()) {
        connecting.channel().close();
      }
    }
  }

  private String where() {
    return NetUtil.toSocketAddressString(server.getHostString(), server.getPort());
  }
}
