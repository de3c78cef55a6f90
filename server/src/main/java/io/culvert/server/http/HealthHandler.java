package io.culvert.server.http;

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
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Answers {@code GET /health}, and everything else with an error in JSON. */
final class HealthHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(HealthHandler.class);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Supplier<Map<String, ?>> health;

  HealthHandler(Supplier<Map<String, ?>> health) {
    this.health = health;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      answer(ctx, HttpResponseStatus.BAD_REQUEST, Map.of("error", "not an HTTP request"), true);
    } else if (!new QueryStringDecoder(request.uri()).rawPath().equals("/health")) {
      answer(ctx, HttpResponseStatus.NOT_FOUND, Map.of("error", "try /health"), true);
    } else if (request.method().equals(HttpMethod.GET)) {
      answer(ctx, HttpResponseStatus.OK, health.get(), true);
    } else if (request.method().equals(HttpMethod.HEAD)) {
      answer(ctx, HttpResponseStatus.OK, health.get(), false);
    } else {
      answer(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, Map.of("error", "only GET"), true);
    }
  }

  private static void answer(
      ChannelHandlerContext ctx, HttpResponseStatus status, Map<String, ?> json, boolean withBody) {
    ByteBuf body = Unpooled.wrappedBuffer(JSON.writeValueAsBytes(json));
    int length = body.readableBytes();
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, withBody ? body : Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    if (status.equals(HttpResponseStatus.BAD_REQUEST)) {
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
