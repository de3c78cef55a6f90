package io.culvert.server.turn;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Gate;
import io.culvert.server.net.ReadShare;
import io.culvert.server.turn.tcp.PeerConnection;
import io.culvert.wire.stun.StunFrameDecoder;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A client at the other end of a connection. */
final class StreamClient extends Client {
  /** A connection without a whole message and without an allocation for so long is closed. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** What no request comes near: a stranger sends nothing that is longer. */
  static final int STRANGERS_BYTES = 2 << 10;

  private static final int ALIGNMENT = 4;

  private final Turn turn;
  private final Gate gate;
  private final ChannelHandlerContext ctx;
  private final Channel channel;
  private final ConnectionGuard<TurnCounter> guard;
  private final Endpoint remote;
  private final Endpoint local;
  private final StunFrameDecoder decoder;
  private final ReadShare share;
  private final Runnable flush;
  private boolean flushing;

  StreamClient(
      Turn turn,
      Gate gate,
      ChannelHandlerContext ctx,
      InetSocketAddress remote,
      InetSocketAddress local,
      ConnectionGuard<TurnCounter> guard) {
    this.turn = turn;
    this.gate = gate;
    this.ctx = ctx;
    this.channel = ctx.channel();
    this.guard = guard;
    this.remote = Endpoint.of(remote);
    this.local = Endpoint.of(local);
    this.decoder = ctx.pipeline().get(StunFrameDecoder.class);
    this.share = ReadShare.of(channel);
    this.flush =
        () -> {
          flushing = false;
          channel.flush();
        };
  }

  @Override
  public ClientTransport transport() {
    return channel.pipeline().get(SslHandler.class) == null
        ? ClientTransport.TCP
        : ClientTransport.TLS;
  }

  @Override
  public Endpoint remote() {
    return remote;
  }

  @Override
  public Endpoint local() {
    return local;
  }

  /** What a client has not read yet stays within the water marks of its channel. */
  @Override
  public boolean send(ByteBuf bytes, int index, int length) {
    if (!hasRoom()) {
      return false;
    }
    int padding = -length & (ALIGNMENT - 1);
    ByteBuf copy = ctx.alloc().ioBuffer(length + padding);
    copy.writeBytes(bytes, index, length).writeZero(padding);
    ctx.write(copy, ctx.voidPromise());
    if (!flushing) {
      flushing = true;
      ctx.executor().execute(flush); // after what else the loop has received
    }
    return true;
  }

  /** What waits for the end of the loop's pass has not been shown to the client yet. */
  private boolean hasRoom() {
    if (!channel.isWritable() && flushing) {
      channel.flush();
    }
    return channel.isWritable();
  }

  /** Without an allocation it has to say something now and then. */
  void awaitWord() {
    guard.closeWhenSilentFor(ctx, SILENCE);
  }

  @Override
  protected Client lasting() {
    guard.cancel();
    decoder.limit(StunFrameDecoder.LONGEST);
    share.widen();
    return this;
  }

  @Override
  protected void postpone(ByteBuf message, CompletableFuture<?> settled) {
    // Not pooled: when the connection ends before, nobody is asked again.
    ByteBuf copy =
        Unpooled.copiedBuffer(message.slice(message.readerIndex(), message.readableBytes()));
    gate.await(
        settled.handle((result, failure) -> failure == null),
        known -> turn.resumed(this, copy, known));
  }

  @Override
  protected void bind(PeerConnection peer) {
    guard.cancel();
    peer.bind(ctx);
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.remove(ctx.handler());
    pipeline.remove(gate);
    pipeline.remove(StunFrameDecoder.class); // what it has left goes to the peer
  }

  @Override
  protected void released() {
    decoder.limit(STRANGERS_BYTES);
    share.narrow();
    if (channel.isActive()) {
      awaitWord();
    }
  }
}
