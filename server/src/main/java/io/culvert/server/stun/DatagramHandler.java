package io.culvert.server.stun;

import io.culvert.server.net.Counters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** STUN over UDP: each answer leaves through the socket that its request came in through. */
@Sharable
final class DatagramHandler extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(DatagramHandler.class);
  private static final int KEEP_ALIVE = 0xff;

  private final BindingResponder responder;
  private final Counters<StunCounter> counters;

  /** All channels that have it run on the event loop of the responder. */
  DatagramHandler(BindingResponder responder, Counters<StunCounter> counters) {
    this.responder = responder;
    this.counters = counters;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    if (isKeepAlive(packet.content())) {
      counters.count(StunCounter.KEEP_ALIVE);
      return;
    }
    ByteBuf answer = responder.answer(packet.content(), packet.sender(), ctx.alloc());
    if (answer == null) {
      return;
    }
    if (ctx.channel().isWritable()) {
      // No promise: a failure arrives in exceptionCaught.
      ctx.write(new DatagramPacket(answer, packet.sender()), ctx.voidPromise());
    } else {
      answer.release();
      counters.count(StunCounter.UNSENT);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case IOException e -> counters.count(StunCounter.UNSENT); // no way to that address
      default -> log.error("stun: a datagram is lost after an error of our own", cause);
    }
  }

  private static boolean isKeepAlive(ByteBuf content) {
    return content.readableBytes() == 1
        && content.getUnsignedByte(content.readerIndex()) == KEEP_ALIVE;
  }
}
