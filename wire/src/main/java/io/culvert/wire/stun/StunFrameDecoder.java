package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts a TCP stream into messages of STUN (RFC 8489 §6.2.2), each a buffer of its own that belongs
 * to the next handler. What is no STUN, a message that is too long, and a stream that ends within a
 * message arrive in {@code exceptionCaught} as a DecoderException with a {@link
 * MalformedMessageException} as its cause, as early as the bytes show it.
 */
public final class StunFrameDecoder extends ByteToMessageDecoder {
  private final int maxMessageBytes;

  /** Takes messages of at most this length, the header included. */
  public StunFrameDecoder(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    int start = in.readerIndex();
    int available = in.readableBytes();
    if ((in.getByte(start) & StunLayout.FIRST_TWO_BITS) != 0) {
      throw new MalformedMessageException("no header of STUN");
    }
    if (available < StunLayout.COOKIE_AT) {
      return;
    }
    int length = StunLayout.HEADER_BYTES + in.getUnsignedShort(start + StunLayout.LENGTH_AT);
    if (length % StunLayout.ALIGNMENT != 0 || length > maxMessageBytes) {
      throw new MalformedMessageException("message of " + length + " bytes");
    }
    if (available < StunLayout.TRANSACTION_ID_AT) {
      return;
    }
    if (in.getInt(start + StunLayout.COOKIE_AT) != StunLayout.MAGIC_COOKIE) {
      throw new MalformedMessageException("no magic cookie");
    }
    if (available >= length) {
      out.add(in.readRetainedSlice(length));
    }
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    if (in.isReadable()) {
      decode(ctx, in, out);
    }
    if (out.isEmpty() && in.isReadable()) {
      throw new MalformedMessageException("the stream ends within a message");
    }
  }
}
