package io.culvert.client.net;

import io.culvert.client.tls.ServerConnectException.Reason;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.wire.ApplicationProtocol;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** TLS on one connection, from the client's side. Confined to its event loop. */
final class ClientHandshake {
  /**
   * A plain {@code flow} server takes a ClientHello for the beginning of a frame of 5635 bytes, and
   * waits for the rest.
   */
  static final Duration TLS_ANSWER_WITHIN = Duration.ofSeconds(2);

  /** What becomes of it; called once. */
  interface Outcome {
    /** The handshake has succeeded; nothing has been read behind it yet. */
    void encrypted(Channel channel, Encrypted security);

    /** The server has shown nothing that looks like TLS; the connection is closed. */
    void noTls();

    /** It does speak TLS, but not as it must; the connection is closed. */
    void failed(Reason reason, String sentence);
  }

  private final InetSocketAddress server;
  private final String name;
  private final ApplicationProtocol protocol;
  private final TrustCheck check;
  private final Duration patience;
  private final Duration answerWithin;
  private final Outcome outcome;
  private boolean connected;
  private boolean answered;
  private boolean over;

  ClientHandshake(
      InetSocketAddress server,
      String name,
      ApplicationProtocol protocol,
      TrustCheck check,
      Duration patience,
      boolean mayFallBack,
      Outcome outcome) {
    this.server = server;
    this.name = name;
    this.protocol = protocol;
    this.check = check;
    this.patience = patience;
    this.answerWithin = mayFallBack ? TLS_ANSWER_WITHIN : patience;
    this.outcome = outcome;
  }

  /** Puts TLS into the pipeline of a channel on which nothing has been said yet. */
  void prepare(Channel channel) {
    try {
      SslHandler tls = handler(channel.alloc());
      channel
          .pipeline()
          .addLast(new TlsAnswer(() -> answered = true, () -> notTls(channel)), tls, new Watcher());
    } catch (SSLException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  private SslHandler handler(ByteBufAllocator memory) throws SSLException {
    SslHandler tls =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .trustManager(check)
            .endpointIdentificationAlgorithm("HTTPS")
            .build()
            .newHandler(memory, name, server.getPort());
    SSLParameters parameters = tls.engine().getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol.id()});
    tls.engine().setSSLParameters(parameters);
    tls.setHandshakeTimeoutMillis(patience.toMillis());
    return tls;
  }

  /** The channel is connected: the ClientHello is on its way. */
  void begin(Channel channel) {
    channel.config().setAutoRead(true);
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (!answered) {
                notTls(channel);
              }
            },
            answerWithin.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void notTls(Channel channel) {
    if (!over) {
      over = true;
      channel.close();
      outcome.noTls();
    }
  }

  private void ended(Channel channel, @Nullable Throwable cause) {
    if (!connected) {
      return; // whoever connects knows
    }
    if (!answered) {
      notTls(channel);
    } else if (!over) {
      over = true;
      channel.close();
      check
          .refusal()
          .ifPresentOrElse(
              sentence -> outcome.failed(Reason.NOT_TRUSTED, sentence),
              () -> outcome.failed(Reason.NOT_ENCRYPTED, sentence(cause)));
    }
  }

  private String sentence(@Nullable Throwable cause) {
    String where = NetUtil.toSocketAddressString(server.getHostString(), server.getPort());
    return cause == null || cause.getMessage() == null
        ? "The server %s broke off the TLS handshake.".formatted(where)
        : "The TLS handshake with the server %s failed: %s.".formatted(where, cause.getMessage());
  }

  private final class Watcher extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      connected = ctx.channel().isActive(); // to a proxy, which has led it to the server
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      connected = true;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
        ctx.fireUserEventTriggered(event);
      } else if (handshake.isSuccess() && !over) {
        over = true;
        ctx.pipeline().remove(this);
        outcome.encrypted(ctx.channel(), check.accepted().orElseThrow());
      } else {
        ended(ctx.channel(), handshake.cause());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ended(ctx.channel(), null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ended(ctx.channel(), cause);
    }
  }
}
