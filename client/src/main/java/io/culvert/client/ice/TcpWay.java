package io.culvert.client.ice;

import io.culvert.client.net.LocalAddresses;
import io.culvert.client.net.PunchSockets;
import io.culvert.wire.ice.DatagramFraming;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * A TCP connection that carries datagrams. What it has no room for is lost, as it may be on every
 * way: QUIC sends it again, and slower. It ends as a whole, with the first end that it hears of.
 * Confined to the event loop.
 */
final class TcpWay extends SimpleChannelInboundHandler<ByteBuf> {
  /** Neither a check nor a datagram of our QUIC is longer. */
  static final int LONGEST = 2048;

  /** What may wait here: two of the bursts that QUIC sends, and half of that again. */
  private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(64 << 10, 128 << 10);

  /** What may wait in the kernel beyond what is on its way. */
  private static final int UNSENT_BYTES = 128 << 10;

  /** Who is told what comes of it. */
  interface Receiver {
    /**
     * The peer has sent this.
     *
     * @param datagram valid until this returns
     */
    void received(ByteBuf datagram);

    /** It is no more. Called once, unless we have closed it. */
    void broken();
  }

  private final Channel channel;
  private final Receiver receiver;
  private boolean closed;

  TcpWay(Channel channel, Receiver receiver) {
    this.channel = channel;
    this.receiver = receiver;
    channel.config().setWriteBufferWaterMark(WAITING);
    Transport.best().limitUnsent(UNSENT_BYTES, channel.config()::setOption);
  }

  /**
   * Sends datagrams, one behind the other: each is {@code size} bytes long but for the last.
   *
   * @param datagrams stays the caller's; its indices stay, too
   */
  void send(ByteBuf datagrams, int size) {
    if (!channel.isWritable()) {
      return;
    }
    int bytes = datagrams.readableBytes();
    ByteBuf out =
        channel.alloc().buffer(bytes + Math.ceilDiv(bytes, size) * DatagramFraming.HEADER_BYTES);
    DatagramFraming.encode(datagrams, size, out);
    channel.writeAndFlush(out, channel.voidPromise());
  }

  /** Whether our address is one of this machine still. */
  boolean isFromHere() {
    return LocalAddresses.isFromHere(channel);
  }

  /** Ends it. */
  void close() {
    closed = true;
    channel.close();
  }

  /** Ends it with its other end, should that be there still: its two addresses are free then. */
  void reset() {
    closed = true;
    PunchSockets.reset(channel);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf datagram) {
    if (!closed && datagram.isReadable()) {
      receiver.received(datagram);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!closed) {
      closed = true;
      receiver.broken();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the network, or a peer that frames wrongly
  }
}
