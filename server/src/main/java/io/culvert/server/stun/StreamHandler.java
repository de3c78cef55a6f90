package io.culvert.server.stun;

import io.culvert.server.net.Counters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** STUN over TCP: one client's connection, which what is no STUN ends. */
final class StreamHandler extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger log = LoggerFactory.getLogger(StreamHandler.class);

  private final BindingResponder responder;
  private final Counters<StunCounter> counters;
  private boolean closed;

  StreamHandler(BindingResponder responder, Counters<StunCounter> counters) {
    this.responder = responder;
    this.counters = counters;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
    if (closed || !(ctx.channel().remoteAddress() instanceof InetSocketAddress client)) {
      return;
    }
    ByteBuf answer = responder.answer(message, client, ctx.alloc());
    if (answer != null) {
      ctx.write(answer, ctx.voidPromise());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case DecoderException e -> close(ctx, StunCounter.MALFORMED);
      case ReadTimeoutException e -> close(ctx, StunCounter.TIMED_OUT);
      case IOException e -> ctx.close(); // the client is gone
      default -> {
        log.error("stun: closing a connection after an error of our own", cause);
        ctx.close();
      }
    }
  }

  /** Only the first reason counts. */
  private void close(ChannelHandlerContext ctx, StunCounter why) {
    if (!closed) {
      closed = true;
      counters.count(why);
      ctx.flush(); // answers to what came before the cause
      ctx.close();
    }
  }
}
