package io.culvert.wire.flow;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.MessageToByteEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link FlowCodec} as a Netty handler: put the right one at the head of a pipeline. Malformed
 * bytes, and a stream that ends within a frame, arrive in {@code exceptionCaught} as a
 * DecoderException with a {@link MalformedMessageException} as its cause.
 */
public final class FlowChannelCodec
    extends CombinedChannelDuplexHandler<ByteToMessageDecoder, MessageToByteEncoder<?>> {

  @FunctionalInterface
  private interface Decode {
    @Nullable Object next(ByteBuf in) throws MalformedMessageException;
  }

  private FlowChannelCodec(Decode decode) {
    super(new Decoder(decode), new Encoder());
  }

  /** For a connection that a client has opened to us: reads {@link FlowMessage.FromClient}. */
  public static FlowChannelCodec server() {
    return new FlowChannelCodec(FlowCodec::decodeFromClient);
  }

  /** For a connection to a server: reads {@link FlowMessage.FromServer}. */
  public static FlowChannelCodec client() {
    return new FlowChannelCodec(FlowCodec::decodeFromServer);
  }

  /** How many bytes of a frame have come whose rest has not. On the event loop. */
  public int unfinishedBytes() {
    return ((Decoder) inboundHandler()).unfinishedBytes();
  }

  private static final class Encoder extends MessageToByteEncoder<FlowMessage> {
    @Override
    protected void encode(ChannelHandlerContext ctx, FlowMessage message, ByteBuf out) {
      FlowCodec.encode(message, out);
    }
  }

  private static final class Decoder extends ByteToMessageDecoder {
    private final Decode decode;

    Decoder(Decode decode) {
      this.decode = decode;
    }

    int unfinishedBytes() {
      return actualReadableBytes();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws MalformedMessageException {
      Object message = decode.next(in);
      if (message != null) {
        out.add(message);
      }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws MalformedMessageException {
      decode(ctx, in, out);
      if (out.isEmpty() && in.isReadable()) {
        throw new MalformedMessageException("the stream ends within a frame");
      }
    }
  }
}
