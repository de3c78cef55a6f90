package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts a TCP stream into messages of STUN and ChannelData (RFC 8489 §6.2.2, RFC 8656 §12.5), each a
 * buffer of its own that belongs to the next handler, ChannelData without padding. What is neither,
 * a message that is too long, and a stream that ends within a message arrive in {@code
 * exceptionCaught} as a DecoderException with a {@link MalformedMessageException} as its cause, as
 * early as the bytes show it.
 */
public final class StunFrameDecoder extends ByteToMessageDecoder {
  /** No message can be longer, the header included. */
  public static final int LONGEST = StunLayout.HEADER_BYTES + StunLayout.MAX_LENGTH;

  private int maxMessageBytes;

  /** Whether the header of the message that is coming has been found to be right. */
  private boolean begun;

  /** Takes messages of at most this length, the header included. */
  public StunFrameDecoder(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * From the next message on that length is the most; one whose header has come may end as it has
   * begun. On the channel's event loop.
   */
  public void limit(int bytes) {
    maxMessageBytes = bytes;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    int firstByte = in.getUnsignedByte(in.readerIndex());
    if (ChannelData.isChannelData(firstByte)) {
      decodeChannelData(in, out);
    } else if ((firstByte & StunLayout.FIRST_TWO_BITS) == 0) {
      decodeStun(in, out);
    } else {
      throw new MalformedMessageException("no header of STUN");
    }
  }

  private void decodeStun(ByteBuf in, List<Object> out) throws MalformedMessageException {
    int start = in.readerIndex();
    int available = in.readableBytes();
    if (available < StunLayout.COOKIE_AT) {
      return;
    }
    int length = StunLayout.HEADER_BYTES + in.getUnsignedShort(start + StunLayout.LENGTH_AT);
    if (length % StunLayout.ALIGNMENT != 0) {
      throw wrongLength(length);
    }
    begin(length);
    if (available < StunLayout.TRANSACTION_ID_AT) {
      return;
    }
    if (in.getInt(start + StunLayout.COOKIE_AT) != StunLayout.MAGIC_COOKIE) {
      throw new MalformedMessageException("no magic cookie");
    }
    if (available >= length) {
      out.add(in.readRetainedSlice(length));
      begun = false;
    }
  }

  private void decodeChannelData(ByteBuf in, List<Object> out) throws MalformedMessageException {
    int available = in.readableBytes();
    if (available < ChannelData.HEADER_BYTES) {
      return;
    }
    int dataLength = ChannelData.dataLength(in, in.readerIndex());
    int length = ChannelData.HEADER_BYTES + dataLength;
    begin(length);
    int padding = ChannelData.padding(dataLength);
    if (available >= length + padding) {
      out.add(in.readRetainedSlice(length));
      in.skipBytes(padding);
      begun = false;
    }
  }

  private void begin(int length) throws MalformedMessageException {
    if (!begun && length > maxMessageBytes) {
      throw wrongLength(length);
    }
    begun = true;
  }

  private static MalformedMessageException wrongLength(int length) {
    return new MalformedMessageException("message of " + length + " bytes");
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
