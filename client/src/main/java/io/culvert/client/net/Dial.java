package io.culvert.client.net;

import io.culvert.client.HttpProxy;
import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerConnectException.Reason;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** One attempt to connect to one server. Confined to the event loop, except for start. */
final class Dial {
  /** After so long without traffic the other end is probed. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** What is wanted, as {@link ServerDialer#dial} has it. */
  record Order(
      InetSocketAddress server,
      String name,
      TlsPolicy policy,
      ServerTrust trust,
      X509ExtendedTrustManager authorities,
      Duration patience,
      ApplicationProtocol protocol,
      Consumer<ChannelPipeline> handlers) {}

  private final EventLoop loop;
  private final Order order;
  private final InetSocketAddress server;
  private final Optional<HttpProxy> proxy;
  private final CompletableFuture<Dialed> result = new CompletableFuture<>();
  private @Nullable ChannelFuture connecting;
  private boolean connected;

  /** One that goes through that proxy, if there is one. */
  Dial(EventLoop loop, Order order, Optional<HttpProxy> proxy) {
    this.loop = loop;
    this.order = order;
    this.server = order.server();
    this.proxy = proxy;
  }

  CompletableFuture<Dialed> start() {
    result.whenComplete((dialed, failure) -> {
      if (result.isCancelled()) {
        loop.execute(this::giveUp);
      }
    });
    loop.execute(order.policy() == TlsPolicy.NONE ? this::connectPlainly : this::connectEncrypted);
    return result;
  }

  /** Whether there is a connection to the server, though nothing may be said on it yet. */
  boolean isConnected() {
    return connected;
  }

  private void connectPlainly() {
    connect(channel -> {}, channel -> succeed(channel, new ServerSecurity.Plain()));
  }

  private void connectEncrypted() {
    boolean mayFallBack =
        order.policy() == TlsPolicy.PREFERRED && !(order.trust() instanceof ServerTrust.Pinned);
    TrustCheck check = new TrustCheck(order.name(), order.trust(), order.authorities());
    ClientHandshake handshake =
        new ClientHandshake(
            server,
            order.name(),
            order.protocol(),
            check,
            order.patience(),
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
                fail(reason, reason == Reason.NOT_TRUSTED ? sentence + byProxy() : sentence);
              }
            });
    connect(handshake::prepare, handshake::begin);
  }

  /** It is mostly in offices that somebody answers in a server's place. */
  private String byProxy() {
    return proxy
        .map(by ->
            " The proxy %s may be reading what it carries: have it let %s pass unread."
                .formatted(by, where()))
        .orElse("");
  }

  /**
   * Connects.
   *
   * @param prepare sees the channel before anything can come
   * @param then sees it when it leads to the server
   */
  private void connect(Consumer<Channel> prepare, Consumer<Channel> then) {
    if (proxy.isPresent()) {
      connectBy(proxy.get(), prepare, then);
    } else {
      connect(server, "server " + where(), prepare, then);
    }
  }

  private void connectBy(HttpProxy by, Consumer<Channel> prepare, Consumer<Channel> then) {
    Lookup.of(by.address(), loop)
        .whenComplete((address, unknown) -> {
          if (unknown != null) {
            fail(Reason.UNREACHABLE, unreachable("proxy " + by, unknown.getMessage()));
          } else if (!result.isDone()) {
            connect(
                address,
                "proxy " + by,
                channel -> {},
                channel ->
                    new HttpTunnel(by, server, order.patience(), behind(channel, prepare, then))
                        .open(channel));
          }
        });
  }

  private HttpTunnel.Outcome behind(
      Channel channel, Consumer<Channel> prepare, Consumer<Channel> then) {
    return new HttpTunnel.Outcome() {
      @Override
      public void opened() {
        connected = true;
        prepare.accept(channel);
        then.accept(channel);
      }

      @Override
      public void refused(String sentence) {
        fail(Reason.UNREACHABLE, sentence);
      }
    };
  }

  private void connect(
      InetSocketAddress to, String name, Consumer<Channel> prepare, Consumer<Channel> then) {
    Transport transport = Transport.of(loop);
    SocketProtocolFamily family =
        to.getAddress() instanceof Inet6Address
            ? SocketProtocolFamily.INET6
            : SocketProtocolFamily.INET;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport.sockets(family))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.AUTO_READ, false) // nothing may come before there is who takes it
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(order.patience().toMillis()))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare.accept(channel);
                  }
                });
    transport.detectDeadPeer(SILENCE, bootstrap::option);
    connecting = bootstrap.connect(to);
    // Without a socket to be had, Netty says so on another thread.
    connecting.addListener((ChannelFuture done) ->
        loop.execute(() -> {
          if (done.isSuccess()) {
            connected = proxy.isEmpty();
            then.accept(done.channel());
          } else {
            fail(Reason.UNREACHABLE, unreachable(name, SocketError.explain(done.cause())));
          }
        }));
  }

  private static String unreachable(String name, @Nullable String why) {
    return "The %s cannot be reached: %s.".formatted(name, why);
  }

  private void succeed(Channel channel, ServerSecurity security) {
    if (result.isDone()) {
      channel.close(); // another way was faster
      return;
    }
    try {
      order.handlers().accept(channel.pipeline());
      channel.config().setAutoRead(true);
      if (!result.complete(new Dialed(channel, security, server))) {
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
