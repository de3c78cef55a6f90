package io.culvert.server.tcppunch;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.wire.tcppunch.TcpPunchMessage.Aux;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.IntroduceRefused;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A tcp-a connection: its source is the public address of the port that a client punches from. */
final class AuxChannelHandler extends SimpleChannelInboundHandler<Aux> {
  /** A connection that has not asked for an introduction by then is closed. */
  static final Duration INTRODUCE_WITHIN = Duration.ofSeconds(10);

  /** The client closes it after the punch; nobody needs one for longer than this. */
  static final Duration LIFETIME = Duration.ofMinutes(3);

  /** One is the rule, a few more may be attempts after a refusal; beyond that it is a flood. */
  static final int MAX_INTRODUCTIONS = 16;

  private final Rendezvous rendezvous;
  private final Counters<TcpPunchCounter> counters;
  private final ConnectionGuard<TcpPunchCounter> guard;
  private int introductions;

  AuxChannelHandler(
      Rendezvous rendezvous,
      Counters<TcpPunchCounter> counters,
      ConnectionGuard<TcpPunchCounter> guard) {
    this.rendezvous = rendezvous;
    this.counters = counters;
    this.guard = guard;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    guard.closeAfter(ctx, INTRODUCE_WITHIN);
    ctx.fireChannelActive();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Aux message) {
    if (guard.hasClosed()) {
      return;
    }
    switch (message) {
      case Introduce introduce -> introduce(ctx, introduce);
      case IntroduceRefused() -> guard.close(ctx, TcpPunchCounter.OUT_OF_PLACE);
    }
  }

  private void introduce(ChannelHandlerContext ctx, Introduce introduce) {
    if (++introductions > MAX_INTRODUCTIONS) {
      guard.close(ctx, TcpPunchCounter.OUT_OF_PLACE);
      return;
    }
    if (introductions == 1) {
      guard.closeAfter(ctx, LIFETIME);
    }
    InetSocketAddress observed = (InetSocketAddress) ctx.channel().remoteAddress();
    if (rendezvous.introduce(introduce, observed)) {
      counters.count(TcpPunchCounter.INTRODUCED);
    } else {
      counters.count(TcpPunchCounter.INTRODUCTION_REFUSED);
      ctx.write(new IntroduceRefused());
    }
  }
}
