package io.culvert.client.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Sits at the end of a link on which the peers have not agreed yet: whatever happens on it that the
 * greeting does not know means that it is lost.
 */
final class LinkWatch extends ChannelInboundHandlerAdapter {
  private final Greeting.Ear ear;

  LinkWatch(Greeting.Ear ear) {
    this.ear = ear;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
    ear.lost();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ear.lost();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ear.lost();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ear.lost(); // a stranger, or a peer that is gone
  }
}
