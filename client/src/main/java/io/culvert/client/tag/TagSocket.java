package io.culvert.client.tag;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of a UDP socket that speaks {@code tag}. Confined to its event loop; sharable between
 * sockets of which one follows the other.
 */
@Sharable
final class TagSocket extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(TagSocket.class);

  /** Who reads. Anybody may have sent it. */
  interface Receiver {
    /** A message of the protocol. */
    void message(TagMessage message, InetSocketAddress from);

    /** Anything else. */
    void data(byte[] datagram, InetSocketAddress from);
  }

  private final Receiver receiver;
  private @Nullable Channel channel;

  TagSocket(Receiver receiver) {
    this.receiver = receiver;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  ChannelFuture send(TagMessage message, InetSocketAddress to) {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encode(message, out);
    return send(out, to);
  }

  ChannelFuture send(byte[] datagram, InetSocketAddress to) {
    return send(Unpooled.wrappedBuffer(datagram), to);
  }

  private ChannelFuture send(ByteBuf datagram, InetSocketAddress to) {
    if (channel == null) {
      throw new IllegalStateException("the socket is not open yet");
    }
    return channel.writeAndFlush(new DatagramPacket(datagram, to));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    byte[] bytes = ByteBufUtil.getBytes(packet.content());
    TagMessage message;
    try {
      message = TagCodec.decode(packet.content());
    } catch (MalformedMessageException e) {
      receiver.data(bytes, packet.sender());
      return;
    }
    receiver.message(message, packet.sender());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) { // what strangers' ICMP errors may cause
      log.error("tag: an error of our own", cause);
    }
  }
}
