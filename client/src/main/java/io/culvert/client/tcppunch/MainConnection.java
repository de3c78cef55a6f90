package io.culvert.client.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.PunchSockets;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Main;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineRefused;
import io.culvert.wire.transport.SocketError;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connection that keeps a peer online. Confined to the event loop, except for goOnline. */
final class MainConnection {
  /** Often enough to keep a NAT's mapping of an idle connection alive. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final RendezvousAddress server;
  private final String id;
  private final Consumer<Introduction> onIntroduction;
  private final Consumer<CulvertException> onLost;
  private final CompletableFuture<String> session = new CompletableFuture<>();
  private @Nullable Channel channel;

  MainConnection(
      EventLoop loop,
      RendezvousAddress server,
      String id,
      Consumer<Introduction> onIntroduction,
      Consumer<CulvertException> onLost) {
    this.loop = loop;
    this.server = server;
    this.id = id;
    this.onIntroduction = onIntroduction;
    this.onLost = onLost;
  }

  /** Connects and takes the name; the future is the SessionId, or a {@link CulvertException}. */
  CompletableFuture<String> goOnline(Duration patience) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(TcpPunchChannelCodec.main(), new Handler());
                  }
                });
    PunchSockets.TRANSPORT.detectDeadPeer(SILENCE, bootstrap::option);
    loop.execute(() -> connect(bootstrap, patience));
    return session;
  }

  private void connect(Bootstrap bootstrap, Duration patience) {
    ChannelFuture connecting = bootstrap.connect(server.main());
    if (PunchSockets.noneOpened(connecting)) {
      fail(
          Reason.SERVER_UNREACHABLE,
          "No socket can be opened: %s.".formatted(SocketError.explain(connecting.cause())));
      return;
    }
    channel = connecting.channel();
    connecting.addListener((ChannelFuture connected) -> {
      if (connected.isSuccess()) {
        connected.channel().writeAndFlush(new Online(id));
        loop.schedule(
            () -> fail(Reason.SERVER_UNREACHABLE, "The server " + server + " does not answer."),
            patience.toMillis(),
            TimeUnit.MILLISECONDS);
      } else {
        fail(
            Reason.SERVER_UNREACHABLE,
            "The server %s cannot be reached: %s."
                .formatted(server, SocketError.explain(connected.cause())));
      }
    });
  }

  /** The session that proves who we are; only once online. */
  String sessionId() {
    return session.join();
  }

  boolean isOnline() {
    return session.isDone()
        && !session.isCompletedExceptionally()
        && channel != null
        && channel.isActive();
  }

  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  /** Before we are online; afterwards nothing happens. */
  private void fail(Reason reason, String sentence) {
    if (session.completeExceptionally(new CulvertException(reason, sentence))) {
      close();
    }
  }

  private final class Handler extends SimpleChannelInboundHandler<Main> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Main message) {
      switch (message) {
        case OnlineAccepted(String sessionId) -> session.complete(sessionId);
        case OnlineRefused() ->
            fail(
                Reason.ID_TAKEN,
                "\"%s\" is online already at %s, from elsewhere.".formatted(id, server));
        case Introduction introduction -> {
          if (isOnline()) {
            onIntroduction.accept(introduction);
          }
        }
        case Online _ -> ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      fail(
          Reason.SERVER_UNREACHABLE,
          "The server %s closed the connection; is it tcppunch?".formatted(server));
      if (session.isDone() && !session.isCompletedExceptionally()) {
        onLost.accept(
            new CulvertException(
                Reason.SERVER_LOST, "The connection to the server " + server + " is lost."));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof DecoderException) {
        fail(
            Reason.SERVER_UNREACHABLE,
            "What answers at %s does not speak tcppunch.".formatted(server));
      }
      ctx.close();
    }
  }
}
