package io.culvert.server.tcppunch;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Main;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineRefused;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's main connection: it is online for as long as this lives. */
final class MainChannelHandler extends SimpleChannelInboundHandler<Main> {
  /** A connection that has not gone online by then is closed. */
  static final Duration ONLINE_WITHIN = Duration.ofSeconds(10);

  private final Rendezvous rendezvous;
  private final Counters<TcpPunchCounter> counters;
  private final ConnectionGuard<TcpPunchCounter> guard;
  private @Nullable String sessionId;

  MainChannelHandler(
      Rendezvous rendezvous,
      Counters<TcpPunchCounter> counters,
      ConnectionGuard<TcpPunchCounter> guard) {
    this.rendezvous = rendezvous;
    this.counters = counters;
    this.guard = guard;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    guard.closeAfter(ctx, ONLINE_WITHIN);
    ctx.fireChannelActive();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Main message) {
    if (guard.hasClosed()) {
      return;
    }
    switch (message) {
      case Online(String clientId) -> ctx.write(goOnline(ctx, clientId));
      case OnlineAccepted _, OnlineRefused _, Introduction _ ->
          guard.close(ctx, TcpPunchCounter.OUT_OF_PLACE);
    }
  }

  private Main goOnline(ChannelHandlerContext ctx, String clientId) {
    Optional<String> session =
        sessionId == null
            ? rendezvous.goOnline(clientId, introduction -> deliver(ctx, introduction))
            : Optional.empty();
    if (session.isEmpty()) {
      counters.count(TcpPunchCounter.ID_TAKEN);
      return new OnlineRefused();
    }
    sessionId = session.get();
    guard.cancel();
    return new OnlineAccepted(session.get());
  }

  private static boolean deliver(ChannelHandlerContext ctx, Introduction introduction) {
    if (!ctx.channel().isWritable()) {
      return false;
    }
    ctx.writeAndFlush(introduction);
    return true;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (sessionId != null) {
      rendezvous.goOffline(sessionId);
      sessionId = null;
    }
    ctx.fireChannelInactive();
  }
}
