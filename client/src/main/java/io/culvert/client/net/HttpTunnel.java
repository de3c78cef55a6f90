package io.culvert.client.net;

import io.culvert.client.HttpProxy;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks an HTTP proxy to lead to a server (RFC 9110 §9.3.6) and leaves when it does. Confined to the
 * event loop.
 */
final class HttpTunnel extends SimpleChannelInboundHandler<HttpObject> {
  private static final int MAX_LINE_BYTES = 4096;
  private static final int MAX_HEAD_BYTES = 16 << 10;
  private static final int MAX_CHUNK_BYTES = 8192;

  /** What becomes of it; called once. */
  interface Outcome {
    /** What is sent and comes from now on goes to the server and is the server's. */
    void opened();

    /** It does not; the connection is closed. */
    void refused(String sentence);
  }

  private final HttpProxy proxy;
  private final String server;
  private final Duration patience;
  private final Outcome outcome;
  private final HttpClientCodec codec =
      new HttpClientCodec(MAX_LINE_BYTES, MAX_HEAD_BYTES, MAX_CHUNK_BYTES);
  private @Nullable Future<?> deadline;
  private boolean granted;
  private boolean over;

  HttpTunnel(HttpProxy proxy, InetSocketAddress server, Duration patience, Outcome outcome) {
    this.proxy = proxy;
    this.server = NetUtil.toSocketAddressString(server.getHostString(), server.getPort());
    this.patience = patience;
    this.outcome = outcome;
  }

  /** Asks, on a channel that is connected to the proxy. */
  void open(Channel channel) {
    channel.pipeline().addLast(codec, this);
    channel.writeAndFlush(request());
    channel.config().setAutoRead(true);
  }

  private FullHttpRequest request() {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.CONNECT, server, Unpooled.EMPTY_BUFFER);
    request.headers().set(HttpHeaderNames.HOST, server);
    proxy
        .authorization()
        .ifPresent(words -> request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, words));
    return request;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () -> refuse(ctx, "The proxy %s does not answer.".formatted(proxy)),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (over) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      refuse(ctx, "What answers at %s is no HTTP proxy.".formatted(proxy));
    } else if (message instanceof HttpResponse response) {
      granted = response.status().equals(HttpResponseStatus.OK);
      if (!granted && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
        refuse(ctx, sentence(response.status()));
      }
    } else if (granted && message instanceof LastHttpContent) {
      opened(ctx);
    }
  }

  private void opened(ChannelHandlerContext ctx) {
    over = true;
    ctx.channel().config().setAutoRead(false);
    ctx.pipeline().remove(this);
    codec.removeOutboundHandler();
    outcome.opened();
    ctx.pipeline().remove(codec); // now there is who takes what has come behind the answer
  }

  private String sentence(HttpResponseStatus status) {
    return switch (status.code()) {
      // The latter is what some say that mean the former.
      case 407, 401 ->
          proxy.login().isPresent()
              ? "The proxy %s does not accept user and password.".formatted(proxy)
              : "The proxy %s wants user and password: name it as http://USER:PASSWORD@%s."
                  .formatted(proxy, proxy.address());
      case 403 -> "The proxy %s does not let anybody through to %s.".formatted(proxy, server);
      default ->
          "The proxy %s does not lead to %s: it answers with error %d."
              .formatted(proxy, server, status.code());
    };
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    refuse(ctx, "The proxy %s has ended the connection.".formatted(proxy));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    refuse(ctx, "The connection to the proxy %s is lost.".formatted(proxy));
  }

  private void refuse(ChannelHandlerContext ctx, String sentence) {
    if (!over) {
      over = true;
      ctx.close();
      outcome.refused(sentence);
    }
  }
}
