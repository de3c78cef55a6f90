package io.culvert.server.tls;

import io.culvert.server.net.Counters;
import io.culvert.wire.ApplicationProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells TLS from what else a connection may begin with, and makes way for the right handlers; no
 * byte is lost.
 *
 * <p>A TLS handshake begins with the bytes 0x16 (RFC 8446 §5.1), 0x03, and 0x00 to 0x04 for the
 * version. A plain {@code flow} frame of 0x1603 bytes begins like that, too, but its third byte is
 * that of JSON, 0x09 at least. HTTP does not begin with 0x16.
 */
final class TlsDetector extends ByteToMessageDecoder {
  static final Duration HANDSHAKE_WITHIN = Duration.ofSeconds(10);

  private static final int HANDSHAKE = 0x16;
  private static final int MAJOR_VERSION = 0x03;
  private static final int MAX_MINOR_VERSION = 0x04;

  private final ServerCertificate certificate;
  private final ApplicationProtocol protocol;
  private final Counters<TlsCounter> counters;
  private @Nullable Future<?> timer;

  TlsDetector(
      ServerCertificate certificate, ApplicationProtocol protocol, Counters<TlsCounter> counters) {
    this.certificate = certificate;
    this.protocol = protocol;
    this.counters = counters;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int at = in.readerIndex();
    int bytes = in.readableBytes();
    if (in.getUnsignedByte(at) != HANDSHAKE
        || (bytes > 1 && in.getUnsignedByte(at + 1) != MAJOR_VERSION)
        || (bytes > 2 && in.getUnsignedByte(at + 2) > MAX_MINOR_VERSION)) {
      ctx.pipeline().remove(this);
    } else if (bytes > 2) {
      encrypt(ctx);
    } else if (timer == null) {
      timer =
          ctx.executor()
              .schedule(() -> giveUp(ctx), HANDSHAKE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void encrypt(ChannelHandlerContext ctx) {
    SslHandler tls = certificate.context().newHandler(ctx.alloc());
    tls.setHandshakeTimeoutMillis(HANDSHAKE_WITHIN.toMillis());
    // Empty is no answer, and no reason to fail.
    tls.engine()
        .setHandshakeApplicationProtocolSelector(
            (engine, offered) -> offered.contains(protocol.id()) ? protocol.id() : "");
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addAfter(ctx.name(), null, new TlsGuard(counters));
    pipeline.replace(this, null, tls);
  }

  private void giveUp(ChannelHandlerContext ctx) {
    counters.count(TlsCounter.FAILED);
    ctx.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
