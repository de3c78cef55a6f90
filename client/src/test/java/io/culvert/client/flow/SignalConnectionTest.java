package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.CulvertException;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalConnectionTest {
  private static final String TOKEN = "t".repeat(32);

  private final List<String> events = new ArrayList<>();
  private final SignalConnection signals =
      new SignalConnection(
          new Account(
              new FlowSession(
                  "alice", TOKEN, new ServerAddress("192.0.2.1", 3376), new ServerSecurity.Plain()),
              new InetSocketAddress("192.0.2.1", 3375),
              List.of(),
              new InetSocketAddress("192.0.2.1", 3376),
              CompletableFuture.completedFuture(Optional.empty()),
              Optional.empty(),
              new FlowLogin(
                  new ServerAddress("192.0.2.1", 3375),
                  "alice",
                  new Credential.Token(TOKEN),
                  TlsPolicy.NONE,
                  new ServerTrust.FirstUse())),
          new Events());
  private final EmbeddedChannel channel = new EmbeddedChannel(signals.handler());

  private CompletableFuture<Void> known = new CompletableFuture<>();

  @BeforeEach
  void begin() {
    channel.freezeTime();
    known = signals.begin();
  }

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void theFirstHeartBeatIsSaidAtOnceWithTheToken() {
    assertThat(said()).startsWith(new HeartBeat(new Head(TOKEN, Optional.empty())));
  }

  @Test
  void whatIsAskedAfterItIsAnsweredWhenTheServerKnowsUs() {
    answerQuestionsFor(1);
    assertThat(known).isCompleted();
  }

  @Test
  void aServerThatDoesNotAnswerThatIsGivenAWhile() {
    pass(SignalConnection.TO_BE_KNOWN.toMillis() - 1);
    assertThat(known).isNotDone();
    pass(1);
    assertThat(known).isCompleted();
  }

  @Test
  void aServerThatHangsUpDoesNotKnowUs() {
    channel.close();
    passSeconds(60);
    assertThat(known).isNotDone();
  }

  @Test
  void theOthersFollowWithinFifteenSecondsEach() {
    List<Long> times = new ArrayList<>();
    for (long millis = 0; millis <= 120_000; millis++) {
      if (said().stream().anyMatch(HeartBeat.class::isInstance)) {
        times.add(millis);
      }
      pass(1);
    }
    assertThat(times).hasSizeBetween(8, 10);
    for (int beat = 1; beat < times.size(); beat++) {
      assertThat(times.get(beat) - times.get(beat - 1)).isBetween(14_000L, 15_001L);
    }
  }

  @Test
  void whoIsSilentAfterItHasAnsweredBeforeIsGone() {
    answerQuestionsFor(60);
    assertThat(events).containsOnly("held");
    passSeconds(60);
    assertThat(events).contains("lost: The server 192.0.2.1:3376 does not answer any more.");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoHasNeverAnsweredIsNotGone() {
    passSeconds(600);
    assertThat(events).containsOnly("held");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void inDoubtOneIsWaitedForForASecondOnly() {
    answerQuestionsFor(60);
    signals.doubt();
    pass(900);
    answerQuestions();
    passSeconds(1);
    assertThat(events).containsOnly("held");
    signals.doubt();
    passSeconds(1);
    assertThat(events).contains("lost: The server 192.0.2.1:3376 does not answer any more.");
  }

  @Test
  void inDoubtOneThatHasNeverAnsweredIsNotGoneEither() {
    signals.doubt();
    passSeconds(5);
    assertThat(events).isEmpty();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aNewerConnectionEndsThisOne() {
    channel.writeInbound(new Replaced(Head.EMPTY, "replaced"));
    assertThat(events).containsExactly("replaced");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aTokenThatIsNotKnownIsRefused() {
    channel.writeInbound(new Failure(Head.EMPTY, SignalType.HEART_BEAT, "unknown token"));
    channel.close();
    assertThat(events)
        .containsExactly(
            "lost, token refused: The server 192.0.2.1:3376 has ended the connection: unknown token.");
  }

  @Test
  void aConnectionThatBreaksIsLost() {
    channel.close();
    assertThat(events)
        .containsExactly("lost: The connection to the server 192.0.2.1:3376 is lost.");
  }

  @Test
  void afterTheEndNothingIsSaid() {
    said();
    signals.close();
    passSeconds(60);
    assertThat(said()).isEmpty();
    assertThat(events).isEmpty();
  }

  private void answerQuestionsFor(int seconds) {
    for (int second = 0; second < seconds; second++) {
      pass(1000);
      answerQuestions();
    }
  }

  private void answerQuestions() {
    for (Object message : said()) {
      if (message instanceof StartSession question) {
        assertThat(question.peerAccount()).isEqualTo("alice");
        channel.writeInbound(question.failure("it is you"));
      }
    }
  }

  private List<Object> said() {
    List<Object> messages = new ArrayList<>();
    for (Object message = channel.readOutbound();
        message != null;
        message = channel.readOutbound()) {
      messages.add(message);
    }
    return messages;
  }

  private void passSeconds(int seconds) {
    for (int second = 0; second < seconds; second++) {
      pass(1000);
    }
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private final class Events implements SignalConnection.Observer {
    @Override
    public void signalled(Relay signal) {
      events.add("signal");
    }

    @Override
    public void signalFailed(Relay.Kind kind, long sessionId) {
      events.add("failed " + kind);
    }

    @Override
    public void held() {
      events.add("held");
    }

    @Override
    public void replaced() {
      events.add("replaced");
    }

    @Override
    public void lost(CulvertException why, boolean tokenRefused) {
      events.add((tokenRefused ? "lost, token refused: " : "lost: ") + why.getMessage());
    }
  }
}
