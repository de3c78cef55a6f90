package io.culvert.client.tcppunch;

import io.culvert.client.Link.Kind;
import io.culvert.client.net.Greeting;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;

/** Each side says its name in an {@link Ack}; after that, data is framed in messages. */
final class NameGreeting implements Greeting {
  private final String self;
  private final String peer;

  NameGreeting(String self, String peer) {
    this.self = self;
    this.peer = peer;
  }

  @Override
  public Kind kind() {
    return Kind.MESSAGES;
  }

  @Override
  public void begin(ChannelPipeline pipeline, Ear ear) {
    pipeline.addLast(TcpPunchChannelCodec.link(), new AckHandler(ear));
  }

  @Override
  public void sayWho(Channel channel) {
    channel.writeAndFlush(new Ack(self));
  }

  @Override
  public void end(ChannelPipeline pipeline) {
    pipeline.replace(AckHandler.class, "data", new DataFraming(self, peer));
  }

  private static final class AckHandler extends SimpleChannelInboundHandler<Ack> {
    private final Ear ear;

    AckHandler(Ear ear) {
      this.ear = ear;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Ack ack) {
      ear.identified(ack.clientId());
    }
  }
}
