package io.culvert.server.flow;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A client's connection to the account port, where it can log in and nothing else. */
final class AccountHandler extends SimpleChannelInboundHandler<FromClient> {
  /** How long a connection may be of no use. */
  static final Duration LOG_IN_WITHIN = SignalHandler.SILENCE;

  private final Logins logins;
  private final int signalPort;
  private final Counters<FlowCounter> counters;
  private final Gate gate;
  private final ConnectionGuard<FlowCounter> guard;

  AccountHandler(
      Logins logins,
      int signalPort,
      Counters<FlowCounter> counters,
      Gate gate,
      ConnectionGuard<FlowCounter> guard) {
    this.logins = logins;
    this.signalPort = signalPort;
    this.counters = counters;
    this.gate = gate;
    this.guard = guard;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    guard.closeAfter(ctx, LOG_IN_WITHIN);
    ctx.fireChannelActive();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FromClient message) {
    if (guard.hasClosed()) {
      return;
    }
    switch (message) {
      case LoginRequest login -> logIn(ctx, login);
      case HeartBeat _, Logout _, StartSession _, Relay _ ->
          refuse(ctx, message, "this is the account port: here you can only log in");
      case Unreadable unreadable -> refuse(ctx, message, unreadable.description());
    }
  }

  private void logIn(ChannelHandlerContext ctx, LoginRequest login) {
    InetSocketAddress remote = (InetSocketAddress) ctx.channel().remoteAddress();
    InetSocketAddress local = (InetSocketAddress) ctx.channel().localAddress();
    gate.await(
        logins.logIn(login, remote.getAddress()),
        result -> {
          guard.closeAfter(ctx, LOG_IN_WITHIN);
          ctx.write(logins.answer(login, result, local.getAddress(), signalPort));
        });
  }

  private void refuse(ChannelHandlerContext ctx, FromClient message, String why) {
    counters.count(FlowCounter.REFUSED);
    ctx.write(message.failure(why));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException malformed) {
      guard.dismiss(ctx, Malformed.answer(malformed), FlowCounter.MALFORMED);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
