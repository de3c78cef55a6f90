package io.culvert.client.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.ServerAddress;
import io.culvert.client.ice.PeerPort;
import io.culvert.client.quic.Identity;
import io.culvert.client.quic.KnownPeers;
import io.culvert.client.quic.QuicTransports;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCallsTest {
  private static final int BACKLOG = 16;

  @TempDir private Path home;
  private final EventLoopGroup group = Transport.best().eventLoops(1, "test");
  private final Queue<CallData> told = new ConcurrentLinkedQueue<>();
  private final AtomicInteger doubts = new AtomicInteger();
  private PeerCalls calls;

  @BeforeEach
  void nobodyHasCalled() {
    IoEventLoop loop = (IoEventLoop) group.next();
    calls =
        new PeerCalls(
            loop,
            new PeerPort(loop, CompletableFuture::new),
            new QuicTransports(loop, Identity.fresh()),
            new PeerTrust(
                new ServerAddress("server.example", 1),
                new KnownPeers(home.resolve("known_peers"))),
            BACKLOG,
            new PeerCalls.Observer() {
              @Override
              public CompletableFuture<Boolean> tell(CallData data) {
                told.add(data);
                return CompletableFuture.completedFuture(true);
              }

              @Override
              public void unanswered() {
                doubts.incrementAndGet();
              }

              @Override
              public boolean accepted(Connection connection) {
                return true;
              }
            });
  }

  @AfterEach
  void close() throws Exception {
    group.submit(calls::close).get();
    group.shutdownGracefully();
  }

  @Test
  void anAccountHasFewCallsThatComeToNothingAtATime() throws Exception {
    for (int i = 0; i < BACKLOG; i++) {
      call("mallory", i);
    }
    assertThat(busy()).extracting(Party::account).containsOnly("mallory").hasSize(BACKLOG / 2);
    call("alice", 1);
    assertThat(busy()).extracting(Party::account).containsOnly("mallory");
  }

  @Test
  void thereIsALimitForAllOfThem() throws Exception {
    for (int i = 0; i < 2 * BACKLOG; i++) {
      call("m" + i, i);
    }
    assertThat(busy()).hasSize(BACKLOG);
  }

  @Test
  void aCallThatNobodyAnswersIsRepeatedAndTheServerAsked() throws Exception {
    group.submit(() -> calls.call("bob", "carol", new CompletableFuture<>())).get();
    await().atMost(Duration.ofSeconds(10)).until(() -> told.size() > 1);
    assertThat(Set.copyOf(told)).as("it is the same").hasSize(1);
    assertThat(doubts).hasPositiveValue();
  }

  @Test
  void aCallThatIsRepeatedIsAnsweredAgain() throws Exception {
    Offer offer = offer("alice", 1);
    group.submit(() -> calls.offered(offer)).get();
    await().until(() -> answers() == 1);
    group.submit(() -> calls.offered(offer)).get();
    assertThat(answers()).isEqualTo(2);
  }

  private long answers() {
    return told.stream()
        .filter(Offer.class::isInstance)
        .filter(data -> ((Offer) data).kind() == Relay.Kind.ANSWER)
        .count();
  }

  @Test
  void ourOwnCallsKeepNobodyAway() throws Exception {
    for (int i = 0; i < BACKLOG; i++) {
      group.submit(() -> calls.call("bob", "carol", new CompletableFuture<>())).get();
    }
    call("alice", 1);
    assertThat(busy()).isEmpty();
  }

  private void call(String account, int number) throws Exception {
    Offer offer = offer(account, number);
    group.submit(() -> calls.offered(offer)).get();
  }

  private static Offer offer(String account, int number) {
    return new Offer(
        Relay.Kind.CALL,
        new Party(account, 100 + number),
        new Party("bob", 0),
        Addresses.NONE,
        Optional.empty(),
        Optional.empty(),
        new Extensions(
            Optional.of(new Ice("user", "a22CharactersLongString", List.of())),
            Optional.empty(),
            Optional.of(Identity.fresh().fingerprint().attribute()),
            false,
            List.of()));
  }

  private List<Party> busy() {
    return told.stream()
        .filter(End.class::isInstance)
        .map(End.class::cast)
        .filter(end -> end.mode() == EndMode.BUSY)
        .map(End::me)
        .toList();
  }
}
