package io.culvert.server.tls;

import io.culvert.server.net.Counters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLException;

/** Keeps from the service what goes wrong below it, and counts it. */
final class TlsGuard extends ChannelInboundHandlerAdapter {
  private final Counters<TlsCounter> counters;
  private boolean established;
  private boolean counted;

  TlsGuard(Counters<TlsCounter> counters) {
    this.counters = counters;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        established = true;
        counters.count(TlsCounter.ESTABLISHED);
      } else {
        close(ctx);
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable reason = cause instanceof DecoderException ? cause.getCause() : cause;
    if (reason instanceof SSLException) {
      close(ctx);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  private void close(ChannelHandlerContext ctx) {
    if (!counted) {
      counted = true;
      counters.count(established ? TlsCounter.BROKEN : TlsCounter.FAILED);
    }
    ctx.close();
  }
}
