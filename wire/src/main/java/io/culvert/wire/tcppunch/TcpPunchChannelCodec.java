package io.culvert.wire.tcppunch;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.MessageToByteEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link TcpPunchCodec} as a Netty handler: put the right one at the head of a pipeline. Malformed
 * bytes, and a stream that ends within a message, arrive in {@code exceptionCaught} as a
 * DecoderException with a {@link MalformedMessageException} as its cause.
 */
public final class TcpPunchChannelCodec
    extends CombinedChannelDuplexHandler<ByteToMessageDecoder, MessageToByteEncoder<?>> {

  @FunctionalInterface
  private interface Decode {
    @Nullable TcpPunchMessage next(ByteBuf in) throws MalformedMessageException;
  }

  private TcpPunchChannelCodec(Decode decode) {
    super(new Decoder(decode), new Encoder());
  }

  /** For a main connection. */
  public static TcpPunchChannelCodec main() {
    return new TcpPunchChannelCodec(TcpPunchCodec::decodeMain);
  }

  /** For a tcp-a connection. */
  public static TcpPunchChannelCodec aux() {
    return new TcpPunchChannelCodec(TcpPunchCodec::decodeAux);
  }

  /** For a link between peers. */
  public static TcpPunchChannelCodec link() {
    return new TcpPunchChannelCodec(TcpPunchCodec::decodeLink);
  }

  private static final class Encoder extends MessageToByteEncoder<TcpPunchMessage> {
    @Override
    protected void encode(ChannelHandlerContext ctx, TcpPunchMessage message, ByteBuf out) {
      TcpPunchCodec.encode(message, out);
    }
  }

  private static final class Decoder extends ByteToMessageDecoder {
    private final Decode decode;

    Decoder(Decode decode) {
      this.decode = decode;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws MalformedMessageException {
      TcpPunchMessage message = decode.next(in);
      if (message != null) {
        out.add(message);
      }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws MalformedMessageException {
      decode(ctx, in, out);
      if (out.isEmpty() && in.isReadable()) {
        throw new MalformedMessageException("the stream ends within a message");
      }
    }
  }
}
