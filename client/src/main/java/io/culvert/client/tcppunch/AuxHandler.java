package io.culvert.client.tcppunch;

import io.culvert.wire.tcppunch.TcpPunchMessage.Aux;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.IntroduceRefused;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * The tcp-a connection. The only thing to be heard on it is a refusal; when it breaks, the port it
 * has shown is none the worse, and whether the server lives is seen on the main connection.
 */
final class AuxHandler extends SimpleChannelInboundHandler<Aux> {
  private final PunchAttempt attempt;

  AuxHandler(PunchAttempt attempt) {
    this.attempt = attempt;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Aux message) {
    switch (message) {
      case IntroduceRefused() -> attempt.refused();
      case Introduce _ -> ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
