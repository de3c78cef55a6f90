package io.culvert.wire.tcppunch;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link TcpPunchCodec} as a Netty handler: put the right one at the head of a pipeline. Malformed
 * bytes arrive in {@code exceptionCaught}, wrapped in Netty's DecoderException.
 */
public final class TcpPunchChannelCodec extends ByteToMessageCodec<TcpPunchMessage> {
  private final Decoder decoder;

  @FunctionalInterface
  private interface Decoder {
    @Nullable TcpPunchMessage decode(ByteBuf in) throws MalformedMessageException;
  }

  private TcpPunchChannelCodec(Decoder decoder) {
    this.decoder = decoder;
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

  @Override
  protected void encode(ChannelHandlerContext ctx, TcpPunchMessage message, ByteBuf out) {
    TcpPunchCodec.encode(message, out);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    TcpPunchMessage message = decoder.decode(in);
    if (message != null) {
      out.add(message);
    }
  }
}
