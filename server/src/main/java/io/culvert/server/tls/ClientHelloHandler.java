package io.culvert.server.tls;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Entrance;
import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Waits for a ClientHello, and leads its connection to where it wants to go. */
final class ClientHelloHandler extends ByteToMessageDecoder {
  /** A fatal alert, no_application_protocol (RFC 7301 §3.2). */
  private static final byte[] REFUSAL = {0x15, 3, 3, 0, 2, 2, 120};

  private final Function<ClientHello, Optional<Entrance>> services;
  private final ConnectionGuard<TlsPortCounter> guard;

  /**
   * The handler of one connection, in front of its guard.
   *
   * @param services knows where it is to go
   */
  ClientHelloHandler(
      Function<ClientHello, Optional<Entrance>> services, ConnectionGuard<TlsPortCounter> guard) {
    this.services = services;
    this.guard = guard;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    guard.closeAfter(ctx, TlsDetector.HANDSHAKE_WITHIN);
    ctx.fireChannelActive();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    if (guard.hasClosed()) {
      in.skipBytes(in.readableBytes());
      return;
    }
    Optional<ClientHello> hello = ClientHello.read(in);
    if (hello.isPresent()) {
      services
          .apply(hello.get())
          .ifPresentOrElse(
              service -> pass(ctx, in.readBytes(in.readableBytes()), service),
              () -> guard.dismiss(ctx, Unpooled.wrappedBuffer(REFUSAL), TlsPortCounter.NO_SERVICE));
    }
  }

  private void pass(ChannelHandlerContext ctx, ByteBuf first, Entrance service) {
    service.enter(ctx.channel(), first);
    guard.cancel();
    ctx.pipeline().remove(guard);
    ctx.pipeline().remove(this);
  }
}
