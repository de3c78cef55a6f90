package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connection by which an account is online. Confined to its event loop. */
final class SignalConnection {
  /** The protocol's: every 15 s, a little earlier so that not all clients speak at once. */
  static final Duration HEART_BEATS = Duration.ofSeconds(15);

  static final Duration JITTER = Duration.ofSeconds(1);

  /** How long a server may take to know who is there, when it does not say. */
  static final Duration TO_BE_KNOWN = Duration.ofSeconds(2);

  /** When there is reason to doubt that it is still there, it is not waited for any longer. */
  private static final Duration IN_DOUBT = Duration.ofSeconds(1);

  /** Who is told what comes from the server. */
  interface Observer {
    /** A peer says something. */
    void signalled(Relay signal);

    /**
     * A signal of ours did not get to the peer.
     *
     * @param sessionId our number in it; 0 when the server does not say
     */
    void signalFailed(Relay.Kind kind, long sessionId);

    /** The connection has held for a while. */
    void held();

    /** Another client is online with the same account. */
    void replaced();

    /**
     * The connection is no more.
     *
     * @param tokenRefused whether the server has said that the token is not good any more
     */
    void lost(CulvertException why, boolean tokenRefused);
  }

  private final Account account;
  private final Observer observer;
  private final ServerConnection connection;
  private @Nullable Future<?> nextBeat;
  private boolean beatIsQuestion;
  private boolean answersQuestions;
  private boolean tokenRefused;
  private boolean closed;

  SignalConnection(Account account, Observer observer) {
    this.account = account;
    this.observer = observer;
    this.connection = new ServerConnection(account.signalServers(), new Incoming());
  }

  /** The last handler of its channel. */
  ServerConnection handler() {
    return connection;
  }

  /**
   * Goes online, on a channel that is connected. The future ends when peers can call, and never
   * when the connection ends first.
   *
   * <p>A heart beat has no answer, and the server has to look the token up. What is asked after it
   * is answered after it; a server that does not answer this is given a while instead.
   */
  CompletableFuture<Void> begin() {
    connection.send(new HeartBeat(head()));
    scheduleBeat();
    CompletableFuture<Void> known = new CompletableFuture<>();
    startSession(account.name())
        .whenComplete((answer, why) -> {
          if (answer != null) {
            answersQuestions = true;
            known.complete(null);
          }
        });
    connection
        .executor()
        .schedule(
            () -> {
              if (!closed) {
                known.complete(null);
              }
            },
            TO_BE_KNOWN.toMillis(),
            TimeUnit.MILLISECONDS);
    return known;
  }

  void tell(CallData data) {
    Head head =
        data.kind() == Relay.Kind.CALL
            ? Head.numbered(account.token(), data.peer().sessionId())
            : head();
    connection.send(CallDataCodec.relay(head, data));
  }

  /** Asks for the numbers of a call; the future ends with what the server says to that. */
  CompletableFuture<FromServer> startSession(String peer) {
    return connection.ask(account.token(), head -> new StartSession(head, peer, account.name()));
  }

  void close() {
    closed = true;
    if (nextBeat != null) {
      nextBeat.cancel(false);
    }
    connection.close();
  }

  private Head head() {
    return new Head(account.token(), Optional.empty());
  }

  private void scheduleBeat() {
    long jitter = ThreadLocalRandom.current().nextLong(JITTER.toMillis());
    nextBeat =
        connection
            .executor()
            .schedule(this::beat, HEART_BEATS.toMillis() - jitter, TimeUnit.MILLISECONDS);
  }

  private void beat() {
    observer.held();
    connection.send(new HeartBeat(head()));
    if (beatIsQuestion) {
      askForLife();
    }
    beatIsQuestion = !beatIsQuestion;
    scheduleBeat();
  }

  /**
   * Nothing answers a heart beat, and as long as one is unacknowledged TCP sends no keep-alives: a
   * server that vanished would be missed after a quarter of an hour. Whether one is online oneself
   * is a question that every server knows.
   */
  private void askForLife() {
    startSession(account.name())
        .whenComplete((answer, why) -> {
          if (answer != null) {
            answersQuestions = true;
          } else {
            isDead();
          }
        });
  }

  /** Whether the address of ours that it comes from is still there. */
  boolean isFromHere() {
    return connection.isFromHere();
  }

  /** The way to the server may be another one: without a word from it in a second, it is lost. */
  void doubt() {
    CompletableFuture<FromServer> answer = startSession(account.name());
    connection
        .executor()
        .schedule(
            () -> {
              if (!answer.isDone()) {
                isDead();
              }
            },
            IN_DOUBT.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void isDead() {
    if (answersQuestions && !closed) {
      close();
      observer.lost(
          new CulvertException(
              Reason.SERVER_LOST,
              "The server %s does not answer any more.".formatted(connection.server())),
          false);
    }
  }

  private final class Incoming implements ServerConnection.Observer {
    @Override
    public void heard(FromServer message) {
      switch (message) {
        case Relay signal -> observer.signalled(signal);
        case Failure(Head head, int type, String _) -> failed(type, head.number().orElse(0));
        case Replaced _ -> {
          close();
          observer.replaced();
        }
        default -> {} // the answer to a question that nobody waits for any more
      }
    }

    private void failed(int type, long sessionId) {
      switch (type) {
        case SignalType.HEART_BEAT -> tokenRefused = true; // it closes the connection next
        case SignalType.CALL -> observer.signalFailed(Relay.Kind.CALL, sessionId);
        case SignalType.ANSWER -> observer.signalFailed(Relay.Kind.ANSWER, sessionId);
        default -> {} // who cannot be told that it is over knows it already
      }
    }

    @Override
    public void lost(CulvertException why) {
      close();
      observer.lost(why, tokenRefused);
    }
  }
}
