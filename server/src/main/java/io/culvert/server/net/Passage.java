package io.culvert.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps what comes on a connection that is between two services, and ends it when it breaks. When
 * it is removed, those behind it get everything.
 */
final class Passage extends ChannelInboundHandlerAdapter {
  private final Queue<Object> read = new ArrayDeque<>();

  Passage(ByteBuf first) {
    read.add(first);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    read.add(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    while (!read.isEmpty()) {
      ctx.fireChannelRead(read.remove());
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the client is gone
  }
}
