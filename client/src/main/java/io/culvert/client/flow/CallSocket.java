package io.culvert.client.flow;

import io.culvert.client.Link;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
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
 * The handler of the UDP socket of a call: tells STUN from data. Confined to its event loop;
 * sharable between sockets of which one follows the other.
 */
@Sharable
final class CallSocket extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(CallSocket.class);

  /** A datagram of this one byte keeps a NAT's mapping alive and says nothing. */
  private static final byte KEEP_ALIVE = (byte) 0xff;

  /** Who reads. Anybody may have sent it. */
  interface Receiver {
    /** Everything comes here first; true for what needs not be looked at any more. */
    boolean taken(ByteBuf datagram, InetSocketAddress from);

    void stun(StunMessage message, Route from);

    void data(byte[] datagram, Route from);
  }

  private final Receiver receiver;
  private @Nullable Channel channel;

  CallSocket(Receiver receiver) {
    this.receiver = receiver;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  ChannelFuture send(StunMessage message, InetSocketAddress to) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    return send(out, to);
  }

  ChannelFuture send(byte[] datagram, InetSocketAddress to) {
    return send(Unpooled.wrappedBuffer(datagram), to);
  }

  /** The bytes are copied before this returns. */
  void send(ByteBuf bytes, int index, int length, InetSocketAddress to) {
    send(bytes.copy(index, length), to);
  }

  /** What has been done about a datagram that is thrown away. */
  ChannelFuture nothingSent() {
    return channel().newSucceededFuture();
  }

  private ChannelFuture send(ByteBuf datagram, InetSocketAddress to) {
    return channel().writeAndFlush(new DatagramPacket(datagram, to));
  }

  private Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("the socket is not open yet");
    }
    return channel;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    if (!receiver.taken(packet.content(), packet.sender())) {
      read(packet.content(), Route.direct(packet.sender()));
    }
  }

  /** Tells the receiver what has come, in a datagram of its own or within another. */
  void read(ByteBuf bytes, Route from) {
    if (StunCodec.looksLikeStun(bytes)) {
      stun(bytes, from);
    } else if (bytes.readableBytes() <= Link.MAX_DATAGRAM_BYTES && !isKeepAlive(bytes)) {
      receiver.data(ByteBufUtil.getBytes(bytes), from);
    }
  }

  private void stun(ByteBuf bytes, Route from) {
    StunMessage message;
    try {
      message = StunCodec.decode(bytes);
    } catch (MalformedMessageException e) {
      return; // neither STUN nor data, whoever has sent it
    }
    receiver.stun(message, from);
  }

  private static boolean isKeepAlive(ByteBuf bytes) {
    return bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == KEEP_ALIVE;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) { // what strangers' ICMP errors may cause
      log.error("flow: an error of our own", cause);
    }
  }
}
