package io.culvert.client.net;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.stun.StunFrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Connects to a relay by one of its doors. Confined to the event loop. */
final class StreamKnock {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final WriteBufferWaterMark WAITING =
      new WriteBufferWaterMark(StreamLine.MAX_WAITING_BYTES / 2, StreamLine.MAX_WAITING_BYTES);

  /** What becomes of it; called once, unless it is given up. */
  interface Outcome {
    /** There is a connection; the attempt has not begun. */
    RelayAttempt opened(StreamKnock knock, RelayLine line, RelayPlace place);

    /** There is none: a sentence for people. */
    void failed(StreamKnock knock, String why);
  }

  private final EventLoop loop;
  private final RelayedPort.Access access;
  private final ServerAddress name;
  private final Door door;
  private final Outcome outcome;
  private @Nullable CompletableFuture<Dialed> dialing;
  private boolean over;

  /**
   * One to come.
   *
   * @param name of the server, as we were told it: another one may have sent us to that door
   */
  StreamKnock(
      EventLoop loop, RelayedPort.Access access, ServerAddress name, Door door, Outcome outcome) {
    this.loop = loop;
    this.access = access;
    this.name = name;
    this.door = door;
    this.outcome = outcome;
  }

  void begin() {
    Lookup.of(door.address(), loop)
        .whenComplete((address, unknown) -> {
          if (unknown != null) {
            fail(
                "The relay %s cannot be reached: %s."
                    .formatted(door.address(), unknown.getMessage()));
          } else if (!access.mayName(address)) {
            fail("The relay %s cannot be there.".formatted(door.address()));
          } else if (!over) {
            dial(address);
          }
        });
  }

  /** Nobody wants it any more. */
  void giveUp() {
    over = true;
    if (dialing != null) {
      dialing.cancel(false);
    }
  }

  private void dial(InetSocketAddress server) {
    dialing =
        new ServerDialer(loop, access.streams().proxies(), ApplicationProtocol.TURN)
            .dial(
                List.of(server),
                isNumber() ? access.streams().name() : door.address().host(),
                door.tls() ? TlsPolicy.REQUIRED : TlsPolicy.NONE,
                door.tls() ? access.streams().trust() : new ServerTrust.FirstUse(),
                PATIENCE,
                pipeline -> connected(pipeline, server));
    dialing.whenComplete((dialed, why) -> {
      if (why != null) {
        fail(String.valueOf(why.getMessage()));
      }
    });
  }

  private boolean isNumber() {
    return NetUtil.createByteArrayFromIpAddressString(door.address().host()) != null;
  }

  private void fail(String why) {
    if (!over) {
      over = true;
      outcome.failed(this, why);
    }
  }

  private void connected(ChannelPipeline pipeline, InetSocketAddress server) {
    over = true;
    Channel channel = pipeline.channel();
    channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING);
    RelayAttempt attempt =
        outcome.opened(
            this, new StreamLine(channel), new RelayPlace(name, server, Optional.of(door)));
    pipeline.addLast(new StunFrameDecoder(StunFrameDecoder.LONGEST), new Incoming(attempt));
    attempt.begin();
  }

  private static final class Incoming extends SimpleChannelInboundHandler<ByteBuf> {
    private final RelayAttempt attempt;

    Incoming(RelayAttempt attempt) {
      this.attempt = attempt;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      attempt.heard(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      broken();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      broken();
    }

    private void broken() {
      attempt.broken(
          "The connection to the relay %s is lost."
              .formatted(NetUtil.toSocketAddressString(attempt.server())));
    }
  }
}
