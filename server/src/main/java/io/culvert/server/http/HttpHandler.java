package io.culvert.server.http;

import io.culvert.server.http.HttpRoute.Answer;
import io.culvert.server.http.HttpRoute.Question;
import io.culvert.server.net.Gate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what there is a route for, and everything else with an error in JSON. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(HttpHandler.class);

  private final SortedMap<String, HttpRoute> routes;
  private final Gate gate;

  HttpHandler(SortedMap<String, HttpRoute> routes, Gate gate) {
    this.routes = routes;
    this.gate = gate;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    boolean withBody = !request.method().equals(HttpMethod.HEAD);
    gate.await(answer(ctx, request), answer -> write(ctx, answer, withBody));
  }

  private CompletableFuture<Answer> answer(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return error(HttpResponseStatus.BAD_REQUEST, "not an HTTP request", Map.of());
    }
    HttpRoute route = routes.get(new QueryStringDecoder(request.uri()).rawPath());
    if (route == null) {
      return error(
          HttpResponseStatus.NOT_FOUND, "try " + String.join(", ", routes.keySet()), Map.of());
    }
    if (!route.takes(request.method())) {
      return error(
          HttpResponseStatus.METHOD_NOT_ALLOWED,
          "only " + route.method(),
          Map.of(HttpHeaderNames.ALLOW, route.allowed()));
    }
    InetSocketAddress remote = (InetSocketAddress) ctx.channel().remoteAddress();
    InetSocketAddress local = (InetSocketAddress) ctx.channel().localAddress();
    return route
        .answers()
        .apply(new Question(remote.getAddress(), local, request.headers(), request.content()));
  }

  private static CompletableFuture<Answer> error(
      HttpResponseStatus status, String text, Map<? extends CharSequence, String> headers) {
    return CompletableFuture.completedFuture(Answer.error(status, text, headers));
  }

  private static void write(ChannelHandlerContext ctx, Answer answer, boolean withBody) {
    ByteBuf body = Unpooled.wrappedBuffer(answer.body());
    int length = body.readableBytes();
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, answer.status(), withBody ? body : Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    if (answer.status().equals(HttpResponseStatus.BAD_REQUEST)) {
      // Where the next request would begin is anybody's guess.
      HttpUtil.setKeepAlive(response, false);
    }
    ctx.writeAndFlush(response);
  }

  /** Who does not read the answers gets no more of them. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case ReadTimeoutException e -> ctx.close();
      case IOException e -> ctx.close();
      default -> {
        log.error("http: closing a connection after an error of our own", cause);
        ctx.close();
      }
    }
  }
}
