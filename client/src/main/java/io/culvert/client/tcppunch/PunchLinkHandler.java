package io.culvert.client.tcppunch;

import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Link;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** A link on which the peers have not agreed yet: the only thing to be said is one's name. */
final class PunchLinkHandler extends SimpleChannelInboundHandler<Link> {
  private final PunchDriver driver;
  private final int link;

  PunchLinkHandler(PunchDriver driver, int link) {
    this.driver = driver;
    this.link = link;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Link message) {
    switch (message) {
      case Ack(String clientId) -> driver.ackReceived(link, clientId);
      case Data _ -> driver.linkLost(link);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      driver.linkLost(link);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    driver.linkLost(link);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    driver.linkLost(link); // a stranger, or a peer that is gone
  }
}
