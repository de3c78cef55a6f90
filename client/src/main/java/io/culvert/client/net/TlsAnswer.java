package io.culvert.client.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Looks whether what a server answers to our ClientHello begins like TLS: a handshake record or an
 * alert (RFC 8446 §5.1). Then it leaves; if not, no byte goes any further.
 */
final class TlsAnswer extends ByteToMessageDecoder {
  private static final int ALERT = 0x15;
  private static final int HANDSHAKE = 0x16;
  private static final int MAJOR_VERSION = 0x03;

  private final Runnable isTls;
  private final Runnable isNot;

  TlsAnswer(Runnable isTls, Runnable isNot) {
    this.isTls = isTls;
    this.isNot = isNot;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int type = in.getUnsignedByte(in.readerIndex());
    if (type != HANDSHAKE && type != ALERT) {
      in.skipBytes(in.readableBytes());
      isNot.run();
    } else if (in.readableBytes() > 1) {
      if (in.getUnsignedByte(in.readerIndex() + 1) == MAJOR_VERSION) {
        isTls.run();
        ctx.pipeline().remove(this);
      } else {
        in.skipBytes(in.readableBytes());
        isNot.run();
      }
    }
  }
}
