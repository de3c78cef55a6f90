package io.culvert.server.tag;

import io.culvert.server.net.Counters;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One socket of the service. */
final class TagHandler extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(TagHandler.class);

  private final TagService service;
  private final TagTimer timer;
  private final Counters<TagCounter> counters;

  TagHandler(TagService service, TagTimer timer, Counters<TagCounter> counters) {
    this.service = service;
    this.timer = timer;
    this.counters = counters;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    Channel channel = ctx.channel();
    service.receive(
        new Route((to, datagram) -> send(channel, to, datagram), packet.sender()),
        packet.content());
    timer.set();
  }

  private void send(Channel channel, InetSocketAddress to, byte[] datagram) {
    if (channel.isWritable()) {
      channel
          .writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to))
          .addListener((ChannelFuture sent) -> {
            if (!sent.isSuccess()) {
              counters.count(TagCounter.UNSENT);
            }
          });
    } else {
      counters.count(TagCounter.UNSENT);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case IOException e -> counters.count(TagCounter.UNSENT); // the socket is fine
      default -> log.error("tag: a datagram was dropped after an error of our own", cause);
    }
  }
}
