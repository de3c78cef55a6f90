package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.LocalAddresses;
import io.culvert.client.net.ServerDialer;
import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.wire.flow.FlowChannelCodec;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import io.culvert.wire.transport.SocketError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection to a server that speaks flow: the last handler of its channel. */
final class ServerConnection extends SimpleChannelInboundHandler<FromServer> {
  /** How long a server may take to answer a question. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Who is told what happens on it. */
  interface Observer {
    /** The server says what it was not asked for. */
    void heard(FromServer message);

    /** It is no more; not told after {@link #close}. */
    void lost(CulvertException why);
  }

  private final List<InetSocketAddress> addresses;
  private final String server;
  private final Observer observer;
  private final Questions questions = new Questions();
  private @Nullable Channel channel;
  private @Nullable CulvertException why;
  private boolean closed;

  ServerConnection(List<InetSocketAddress> addresses, Observer observer) {
    this.addresses = addresses;
    this.server = NetUtil.toSocketAddressString(addresses.getFirst());
    this.observer = observer;
  }

  /** Connects; the future ends with what is known of the server, or with a CulvertException. */
  CompletableFuture<Dialed> open(ServerDialer dialer, Demand demand) {
    CompletableFuture<Dialed> result = new CompletableFuture<>();
    dialer
        .dial(
            addresses,
            demand.tls(),
            demand.trust(),
            CONNECT,
            pipeline -> pipeline.addLast(FlowChannelCodec.client(), this))
        .whenComplete((dialed, failure) -> {
          if (failure == null) {
            result.complete(dialed);
          } else {
            result.completeExceptionally(notConnected(failure));
          }
        });
    return result;
  }

  /** Its server, for people. */
  String server() {
    return server;
  }

  void send(FlowMessage message) {
    channel().writeAndFlush(message);
  }

  /** Asks; the future ends with the answer, whatever it says, or with a CulvertException. */
  <M extends FlowMessage & FromClient> CompletableFuture<FromServer> ask(
      String token, Function<Head, M> question) {
    M message = question.apply(questions.nextHead(token));
    CompletableFuture<FromServer> answer = questions.await(message.answerType());
    Future<?> patience =
        executor()
            .schedule(
                () ->
                    answer.completeExceptionally(
                        new CulvertException(
                            Reason.SERVER_UNREACHABLE,
                            "The server %s does not answer.".formatted(server))),
                ANSWER.toMillis(),
                TimeUnit.MILLISECONDS);
    send(message);
    return answer.whenComplete((heard, failed) -> patience.cancel(false));
  }

  /** Whether the address of ours that it comes from is still there. */
  boolean isFromHere() {
    return LocalAddresses.isFromHere(channel());
  }

  EventExecutor executor() {
    return channel().eventLoop();
  }

  /** Without a word to the observer; questions that are open end as closed. */
  void close() {
    closed = true;
    questions.fail(Why.closed());
    channel().close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FromServer message) {
    if (closed || questions.answered(message)) {
      return;
    }
    if (message instanceof Failure(Head _, int type, String description)
        && type == SignalType.HEART_BEAT) {
      why = lost("The server %s has ended the connection: %s.".formatted(server, description));
    }
    observer.heard(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!closed) {
      closed = true;
      CulvertException reason =
          why == null ? lost("The connection to the server %s is lost.".formatted(server)) : why;
      questions.fail(reason);
      observer.lost(reason);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (why == null) {
      why =
          cause instanceof DecoderException
              ? Why.notFlow(server)
              : lost(
                  "The connection to the server %s is lost: %s."
                      .formatted(server, SocketError.explain(cause)));
    }
    ctx.close();
  }

  private Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not connected yet");
    }
    return channel;
  }

  private static Throwable notConnected(Throwable failure) {
    return failure instanceof ServerConnectException why
        ? new CulvertException(
            switch (why.reason()) {
              case UNREACHABLE -> Reason.SERVER_UNREACHABLE;
              case NOT_ENCRYPTED, NOT_TRUSTED -> Reason.SERVER_NOT_TRUSTED;
            },
            String.valueOf(why.getMessage()))
        : failure;
  }

  private static CulvertException lost(String sentence) {
    return new CulvertException(Reason.SERVER_LOST, sentence);
  }
}
