package io.culvert.client.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.net.ClientLoop;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.Head;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two clients of this kind, on one machine. */
class CallTest {
  static final Duration RINGING = Duration.ofSeconds(30);
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeServer server = new FakeServer();
  private final Person alice = online("alice");
  private final Person carol = online("carol");

  @BeforeEach
  void bothAreOnline() {
    await().until(() -> server.heard(HeartBeat.class).size() == 2);
  }

  @AfterEach
  void close() {
    alice.close();
    carol.close();
    server.close();
  }

  @Test
  void aCallThatIsTakenIsAStream() throws Exception {
    try (Pair links = call()) {
      Link toCarol = links.alices();
      Link toAlice = links.carols();
      assertThat(toCarol.kind()).isEqualTo(Link.Kind.STREAM);
      assertThat(toCarol.peer()).isEqualTo("carol");
      assertThat(toAlice.peer()).isEqualTo("alice");
      toCarol.send("hello".getBytes(UTF_8));
      assertThat(toAlice.receive()).asString().isEqualTo("hello");
      toAlice.send("good morning".getBytes(UTF_8));
      assertThat(toCarol.receive()).asString().isEqualTo("good morning");
      toCarol.finish();
      assertThat(toAlice.receive()).isNull();
    }
  }

  @Test
  void theSignalsNameBothEndsAsTheReceiverSeesThem() throws Exception {
    call().close();
    List<CallData> said = said();
    Offer call = (Offer) said.get(0);
    assertThat(call.kind()).isEqualTo(Relay.Kind.CALL);
    assertThat(call.peer()).isEqualTo(new Party("alice", 112));
    assertThat(call.me()).isEqualTo(new Party("carol", 113));
    assertThat(call.relayServer()).isPresent();
    assertKnowsItsAddresses(call);
    Offer answer = (Offer) said.get(1);
    assertThat(answer.kind()).isEqualTo(Relay.Kind.ANSWER);
    assertThat(answer.peer()).isEqualTo(new Party("carol", 113));
    assertThat(answer.me()).isEqualTo(new Party("alice", 112));
    assertThat(answer.relayServer()).isEmpty();
    assertKnowsItsAddresses(answer);
    assertThat(answer.extensions().tcp().orElseThrow().key())
        .isNotEqualTo(call.extensions().tcp().orElseThrow().key());
  }

  /** On the loopback address the public address is the local one; UDP and TCP share the number. */
  private static void assertKnowsItsAddresses(Offer offer) {
    assertThat(offer.addresses().local()).isPresent();
    assertThat(offer.addresses().inter()).isEqualTo(offer.addresses().local());
    assertThat(offer.addresses().relay()).isEmpty();
    assertThat(offer.extensions().tcp())
        .hasValueSatisfying(tcp -> {
          assertThat(tcp.local()).isEqualTo(offer.addresses().local());
          assertThat(tcp.inter()).isEqualTo(offer.addresses().local());
          assertThat(tcp.key()).matches("[0-9a-f]{32}");
        });
  }

  @Test
  void whoIsNotOnlineCannotBeCalled() {
    assertFails(alice.client().callAsync("dave", RINGING), Reason.PEER_OFFLINE);
  }

  @Test
  void whatIsNoNameCannotBeCalled() {
    assertThatIllegalArgumentException().isThrownBy(() -> alice.client().callAsync("", RINGING));
  }

  @Test
  void aCallMayBeRefused() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    carol.nextCall().refuse();
    assertFails(calling, Reason.REFUSED);
  }

  @Test
  void thePeerMayBeBusy() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    carol.nextCall().busy();
    assertFails(calling, Reason.BUSY);
  }

  @Test
  void onlyTheFirstAnswerCounts() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    IncomingCall call = carol.nextCall();
    call.refuse();
    call.busy();
    assertFails(calling, Reason.REFUSED);
    assertFails(call.accept(), Reason.REFUSED);
    assertThat(call.missed()).isNotDone();
  }

  @Test
  void aListenerThatFailsRefuses() throws Exception {
    FlowListener failing =
        new FlowListener() {
          @Override
          public void onCall(IncomingCall call) {
            throw new IllegalStateException("as the test wants it");
          }
        };
    try (FlowClient dave = FlowClient.online(server.login("dave"), failing)) {
      await().until(() -> server.heard(HeartBeat.class).size() == 3);
      assertFails(alice.client().callAsync(dave.account(), RINGING), Reason.REFUSED);
    }
  }

  @Test
  void whoDoesNotAnswerInTimeIsRungNoMore() throws Exception {
    CompletableFuture<FlowConnection> calling =
        alice.client().callAsync("carol", Duration.ofMillis(300));
    IncomingCall call = carol.nextCall();
    assertFails(calling, Reason.NOT_ANSWERED);
    assertThat(call.missed())
        .succeedsWithin(PATIENCE)
        .extracting(CulvertException::reason)
        .isEqualTo(Reason.HUNG_UP);
    assertFails(call.accept(), Reason.HUNG_UP);
  }

  @Test
  void whoeverCancelsACallHangsUp() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    IncomingCall call = carol.nextCall();
    calling.cancel(false);
    assertThat(call.missed()).succeedsWithin(PATIENCE);
    assertBothAreFree();
  }

  @Test
  void whoeverClosesTheClientHangsUp() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    IncomingCall call = carol.nextCall();
    alice.close();
    assertFails(calling, Reason.CLOSED);
    assertThat(call.missed()).succeedsWithin(PATIENCE);
    assertThat(said().getLast())
        .isEqualTo(new End(new Party("alice", 112), new Party("carol", 113), EndMode.HANG_UP));
  }

  @Test
  void aClosedClientTellsWhoRings() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    IncomingCall call = carol.nextCall();
    carol.close();
    assertFails(calling, Reason.NOT_ANSWERED);
    assertThat(call.missed())
        .succeedsWithin(PATIENCE)
        .extracting(CulvertException::reason)
        .isEqualTo(Reason.CLOSED);
  }

  @Test
  void whileItRingsOthersAreToldThatThisClientIsBusy() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    carol.nextCall();
    try (Person dave = online("dave")) {
      assertFails(dave.client().callAsync("carol", RINGING), Reason.BUSY);
      assertFails(dave.client().callAsync("alice", RINGING), Reason.BUSY);
    }
    assertThat(calling).isNotDone();
  }

  @Test
  void inACallOthersAreToldThatThisClientIsBusyAndItCallsNobody() throws Exception {
    try (Pair links = call();
        Person dave = online("dave")) {
      assertThat(links.alices().peer()).isEqualTo("carol");
      assertFails(dave.client().callAsync("alice", RINGING), Reason.BUSY);
      assertFails(alice.client().callAsync("dave", RINGING), Reason.BUSY);
    }
  }

  @Test
  void afterACallThereIsAnother() throws Exception {
    call().close();
    assertBothAreFree();
  }

  @Test
  void theEndOfTheStreamIsToldThroughTheServerToo() throws Exception {
    Pair links = call();
    links.alices().close();
    assertThat(links.carols().receive()).isNull();
    await().until(() -> said().size() >= 3);
    assertThat(said().get(2))
        .isEqualTo(new End(new Party("alice", 112), new Party("carol", 113), EndMode.HANG_UP));
    links.close();
  }

  @Test
  void aStreamOutlivesWhatTheServerThinksOfTheCall() throws Exception {
    Pair links = call();
    server.say(
        "carol",
        CallDataCodec.relay(
            Head.EMPTY, new End(new Party("alice", 0), new Party("carol", 0), EndMode.HANG_UP)));
    server.drop("alice");
    server.drop("carol");
    assertThat(carol.nextEvent()).isEqualTo("offline");
    links.alices().send("still there".getBytes(UTF_8));
    assertThat(links.carols().receive()).asString().isEqualTo("still there");
    links.close();
  }

  @Test
  void aStreamOutlivesBothClients() throws Exception {
    Pair links = call();
    alice.close();
    carol.close();
    links.alices().send("still there".getBytes(UTF_8));
    assertThat(links.carols().receive()).asString().isEqualTo("still there");
    links.close();
  }

  @Test
  void aCallerMayComeBackWhileItRings() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    IncomingCall call = carol.nextCall();
    server.drop("alice");
    assertThat(alice.nextEvent()).isEqualTo("offline");
    assertMeet(calling, call.accept());
  }

  @Test
  void aCalleeMayComeBackWhileItRings() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    IncomingCall call = carol.nextCall();
    server.drop("carol");
    assertThat(carol.nextEvent()).isEqualTo("offline");
    assertMeet(calling, call.accept());
  }

  @Test
  void aCallThatNobodyTakesEndsOnTheCalleesSideToo() throws Exception {
    ClientLoop loop = new ClientLoop("test");
    Presence presence = new Presence(loop, server.login("dave"), new Deaf());
    CompletableFuture<Callee> ringing = new CompletableFuture<>();
    Line line = new Line(loop, presence, Duration.ofMillis(200), ringing::complete);
    loop.loop().submit(presence::start).get().get(20, TimeUnit.SECONDS);
    loop.loop()
        .execute(() ->
            line.signalled(
                CallDataCodec.relay(
                    Head.EMPTY,
                    new Offer(
                        Relay.Kind.CALL,
                        new Party("alice", 200),
                        new Party("dave", 201),
                        CallData.Addresses.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        CallData.Extensions.NONE))));
    Callee callee = ringing.get(20, TimeUnit.SECONDS);
    assertThat(callee.missed())
        .succeedsWithin(PATIENCE)
        .extracting(CulvertException::reason)
        .isEqualTo(Reason.NOT_ANSWERED);
    await()
        .untilAsserted(() ->
            assertThat(said())
                .containsExactly(
                    new End(new Party("dave", 201), new Party("alice", 200), EndMode.HANG_UP)));
    loop.execute(() -> {
      line.close();
      loop.close();
    });
  }

  /** The two ends of one connection. */
  private record Pair(Link alices, Link carols) implements AutoCloseable {
    @Override
    public void close() {
      alices.close();
      carols.close();
    }
  }

  /** Alice calls carol, who takes the call. */
  private Pair call() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    CompletableFuture<FlowConnection> taking = carol.nextCall().accept();
    return new Pair(
        calling.get(30, TimeUnit.SECONDS).link(), taking.get(30, TimeUnit.SECONDS).link());
  }

  private void assertBothAreFree() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("carol", RINGING);
    carol.nextCall().refuse();
    assertFails(calling, Reason.REFUSED);
    calling = carol.client().callAsync("alice", RINGING);
    alice.nextCall().refuse();
    assertFails(calling, Reason.REFUSED);
  }

  private static void assertMeet(
      CompletableFuture<FlowConnection> one, CompletableFuture<FlowConnection> other)
      throws Exception {
    try (Link ones = one.get(30, TimeUnit.SECONDS).link();
        Link others = other.get(30, TimeUnit.SECONDS).link()) {
      ones.send("hello".getBytes(UTF_8));
      assertThat(others.receive()).asString().isEqualTo("hello");
    }
  }

  private static void assertFails(CompletableFuture<FlowConnection> call, Reason reason) {
    assertThat(call)
        .failsWithin(PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOfSatisfying(
            CulvertException.class, why -> assertThat(why.reason()).isEqualTo(reason));
  }

  /** What peers have told each other. */
  private List<CallData> said() {
    return server.heard(Relay.class).stream().map(CallTest::decode).toList();
  }

  private static CallData decode(Relay signal) {
    try {
      return CallDataCodec.decode(signal);
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  private Person online(String name) {
    try {
      return new Person(server.login(name));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
