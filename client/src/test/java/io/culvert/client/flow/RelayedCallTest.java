package io.culvert.client.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.Link;
import io.culvert.client.turn.Coturn;
import io.culvert.traversal.Path;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.stun.StunClass;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Alice has a client of this kind and a relay; bob's part is played by the test. */
@EnabledIf(
    value = "io.culvert.client.turn.Coturn#isInstalled",
    disabledReason = "coturn is not installed")
class RelayedCallTest {
  private static final Party BOB_CALLED = new Party("bob", 113);
  private static final Party ALICE_CALLING = new Party("alice", 112);
  private static final Party BOB_CALLING = new Party("bob", 300);
  private static final Party ALICE_CALLED = new Party("alice", 301);
  private static final TcpOffer TCP_NOWHERE =
      new TcpOffer(
          Optional.of(new InetSocketAddress(FakeServer.LOOPBACK, 1)),
          Optional.of(new InetSocketAddress(FakeServer.LOOPBACK, 2)),
          "k".repeat(32));
  private static final TurnCredentials ALICES = credentials(Coturn.USER);
  private static final TurnCredentials BOBS = credentials("bob");

  @TempDir private static java.nio.file.Path folder;

  private final FakeServer server = new FakeServer();
  private final ClassicPeer bob;
  private final Person alice;
  private final Coturn relay;

  RelayedCallTest() throws Exception {
    relay = Coturn.start(folder);
    bob = new ClassicPeer("113:112");
    alice = new Person(server.login("alice"));
    server.relay = Optional.of(relay.address());
  }

  @BeforeEach
  void aliceIsOnlineAndHasARelay() throws Exception {
    await().until(() -> server.heard(HeartBeat.class).size() == 1);
    server.turn = Optional.of(ALICES);
    server.peerTurn = Optional.of(BOBS);
  }

  @AfterEach
  void close() throws Exception {
    alice.close();
    bob.close();
    relay.close();
    server.close();
  }

  @Test
  void theCallSaysWhereTheCallerIsAtTheRelayAndWhatLetsTheCalleeUseIt() throws Exception {
    alice.client().callAsync("bob", CallTest.RINGING);
    Offer call = (Offer) server.toBob();
    assertThat(call.addresses().relay())
        .hasValueSatisfying(
            at -> assertThat(at.getAddress()).isEqualTo(relay.address().getAddress()));
    assertThat(call.relayServer()).contains(relay.address());
    assertThat(call.turn()).contains(BOBS);
  }

  @Test
  void whereTheServerHasNoneForTheCalleeTheCallersDo() throws Exception {
    server.peerTurn = Optional.empty();
    alice.client().callAsync("bob", CallTest.RINGING);
    assertThat(((Offer) server.toBob()).turn()).contains(ALICES);
  }

  @Test
  void theAnswerSaysWhereTheCalleeIsAtTheRelay() throws Exception {
    server.fromBob(call(bob.addresses(), Optional.of(ALICES)));
    alice.nextCall().accept();
    assertThat(((Offer) server.toBob()).addresses().relay()).isPresent();
  }

  @Test
  void aCalleeWithoutCredentialsHasNoRelayAndIsCalledAllTheSame() throws Exception {
    server.fromBob(call(bob.addresses(), Optional.empty()));
    alice.nextCall().accept();
    assertThat(((Offer) server.toBob()).addresses().relay()).isEmpty();
  }

  @Test
  void wrongCredentialsAreNoneEither() throws Exception {
    server.turn = Optional.of(BOBS);
    alice.client().callAsync("bob", CallTest.RINGING);
    assertThat(((Offer) server.toBob()).addresses().relay()).isEmpty();
  }

  @Test
  void whereTheRelayWasNoHelpEitherThatIsSaid() throws Exception {
    server.turn = Optional.of(BOBS);
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(answer(nowhere()));
    assertThat(calling)
        .failsWithin(CallTest.PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining(
            "The relay %s does not accept our credentials."
                .formatted(NetUtil.toSocketAddressString(relay.address())));
  }

  @Test
  void aRelayThatDoesNotAnswerIsNotWaitedForLong() throws Exception {
    server.relay = Optional.empty();
    alice.client().callAsync("bob", CallTest.RINGING);
    assertThat(((Offer) server.toBob()).addresses().relay()).isEmpty();
  }

  @Test
  void aPeerThatIsOnlyAtItsRelayIsReachedThere() throws Exception {
    server.turn = Optional.empty();
    FlowConnection connection =
        callBob(new Addresses(Optional.empty(), Optional.empty(), Optional.of(bob.address())));
    try (Link link = connection.link()) {
      assertThat(link.path()).isEqualTo(Path.RELAY);
      assertThat(link.kind()).isEqualTo(Link.Kind.DATAGRAMS);
      link.send("hello".getBytes(UTF_8));
      assertThat(bob.nextData()).isEqualTo("hello");
    }
  }

  @Test
  void aPeerThatReachesNothingButOurRelayIsHeardAndAnsweredThroughIt() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    InetSocketAddress alicesRelayed = ((Offer) server.toBob()).addresses().relay().orElseThrow();
    server.fromBob(answer(nowhere()));
    // The relay lets it in as soon as alice has said so.
    await()
        .until(() -> {
          bob.check("112:113", alicesRelayed);
          return bob.nextAnswer(Duration.ofMillis(200)) == StunClass.SUCCESS;
        });
    try (Link link = calling.get(30, TimeUnit.SECONDS).link()) {
      assertThat(link.path()).isEqualTo(Path.RELAY);
      assertThat(bob.nextChecker()).isEqualTo(alicesRelayed);
      link.send("hello".getBytes(UTF_8));
      assertThat(bob.nextData()).isEqualTo("hello");
      bob.send("good morning".getBytes(UTF_8), alicesRelayed);
      assertThat(link.receive()).asString().isEqualTo("good morning");
      bob.send("and".getBytes(UTF_8), alicesRelayed);
      assertThat(link.receive()).asString().isEqualTo("and");
    }
  }

  @Test
  void aBetterPathIsTakenWhenItAnswersLater() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    InetSocketAddress alices = ((Offer) server.toBob()).addresses().local().orElseThrow();
    server.fromBob(
        answer(new Addresses(Optional.empty(), Optional.empty(), Optional.of(bob.address()))));
    try (Link link = calling.get(30, TimeUnit.SECONDS).link();
        ClassicPeer bobsOtherSocket = new ClassicPeer("113:112")) {
      assertThat(link.path()).isEqualTo(Path.RELAY);
      BlockingQueue<Path> moves = new LinkedBlockingQueue<>();
      link.whenMoved(moves::add);

      bobsOtherSocket.check("112:113", alices);

      assertThat(moves.poll(20, TimeUnit.SECONDS)).isEqualTo(Path.PUBLIC);
      assertThat(link.remote()).isEqualTo(bobsOtherSocket.address());
      link.send("hello".getBytes(UTF_8));
      assertThat(bobsOtherSocket.nextData()).isEqualTo("hello");
      bob.send("through the relay still".getBytes(UTF_8), alices);
      assertThat(link.receive()).asString().isEqualTo("through the relay still");
    }
  }

  @Test
  void whereOnlyTheRelayLeadsToAPeerThatKnowsTcpThereAreDatagrams() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    Offer answer =
        answer(new Addresses(Optional.empty(), Optional.empty(), Optional.of(bob.address())));
    server.fromBob(
        new Offer(
            answer.kind(),
            answer.peer(),
            answer.me(),
            answer.addresses(),
            answer.relayServer(),
            answer.turn(),
            new Extensions(
                Optional.empty(), Optional.of(TCP_NOWHERE), Optional.empty(), false, List.of())));
    FlowConnection connection = calling.get(30, TimeUnit.SECONDS);
    assertThat(connection)
        .isInstanceOfSatisfying(
            FlowConnection.Datagrams.class,
            datagrams ->
                assertThat(datagrams.whyNotReliable())
                    .startsWith("Nothing gets through to bob directly"));
    connection.link().close();
    assertThat(server.toBob()).isEqualTo(new End(ALICE_CALLING, BOB_CALLED, EndMode.HANG_UP));
  }

  /** Where nobody listens. */
  private static Addresses nowhere() {
    InetSocketAddress closed = new InetSocketAddress(FakeServer.LOOPBACK, 1);
    return new Addresses(Optional.of(closed), Optional.empty(), Optional.empty());
  }

  private FlowConnection callBob(Addresses where) throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(answer(where));
    return calling.get(30, TimeUnit.SECONDS);
  }

  private Offer call(Addresses where, Optional<TurnCredentials> turn) {
    return new Offer(
        Relay.Kind.CALL,
        BOB_CALLING,
        ALICE_CALLED,
        where,
        Optional.of(relay.address()),
        turn,
        Extensions.NONE);
  }

  private static Offer answer(Addresses where) {
    return new Offer(
        Relay.Kind.ANSWER,
        BOB_CALLED,
        ALICE_CALLING,
        where,
        Optional.empty(),
        Optional.empty(),
        Extensions.NONE);
  }

  private static TurnCredentials credentials(String username) {
    return new TurnCredentials(List.of(), username, Coturn.PASSWORD, Duration.ofDays(1));
  }
}
