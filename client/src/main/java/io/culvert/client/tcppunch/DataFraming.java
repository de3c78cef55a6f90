package io.culvert.client.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.wire.tcppunch.TcpPunchCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;

/** Bytes of the application to messages of the protocol and back. */
final class DataFraming extends ChannelDuplexHandler {
  private final String self;
  private final String peer;

  DataFraming(String self, String peer) {
    this.self = self;
    this.peer = peer;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch ((Link) message) {
      case Data(String sender, byte[] data) when sender.equals(peer) ->
          ctx.fireChannelRead(Unpooled.wrappedBuffer(data));
      case Ack(String sender) when sender.equals(peer) -> {} // said before: nothing new
      case Data _, Ack _ ->
          ctx.fireExceptionCaught(
              new CulvertException(Reason.LINK_LOST, peer + " suddenly spoke under another name."));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.fireExceptionCaught(
        cause instanceof DecoderException
            ? new CulvertException(Reason.LINK_LOST, peer + " sent what is not tcppunch.")
            : cause);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ByteBuf bytes = (ByteBuf) message;
    ByteBuf out = ctx.alloc().buffer();
    do {
      int length = Math.min(bytes.readableBytes(), TcpPunchMessage.MAX_DATA_BYTES);
      byte[] data = ByteBufUtil.getBytes(bytes, bytes.readerIndex(), length);
      bytes.skipBytes(length);
      TcpPunchCodec.encode(new Data(self, data), out);
    } while (bytes.isReadable());
    bytes.release();
    ctx.write(out, promise);
  }
}
