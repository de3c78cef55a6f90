package io.culvert.client.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import io.culvert.wire.stun.StunClass;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice has a client of this kind; bob's part is played by the test. */
class ClassicCallTest {
  private static final Party BOB_CALLED = new Party("bob", 113);
  private static final Party ALICE_CALLING = new Party("alice", 112);
  private static final Party BOB_CALLING = new Party("bob", 300);
  private static final Party ALICE_CALLED = new Party("alice", 301);

  private final FakeServer server = new FakeServer();
  private final ClassicPeer bob;
  private final ClassicPeer stranger;
  private final Person alice;

  ClassicCallTest() throws Exception {
    bob = new ClassicPeer("113:112");
    stranger = new ClassicPeer("nobody");
    alice = new Person(server.login("alice"));
  }

  @BeforeEach
  void aliceIsOnline() {
    await().until(() -> server.heard(HeartBeat.class).size() == 1);
  }

  @AfterEach
  void close() {
    alice.close();
    bob.close();
    stranger.close();
    server.close();
  }

  @Test
  void aPeerWithoutTcpTalksInDatagrams() throws Exception {
    FlowConnection connection = callBob(bob.addresses());
    assertThat(connection)
        .isInstanceOfSatisfying(
            FlowConnection.Datagrams.class,
            datagrams ->
                assertThat(datagrams.whyNotReliable())
                    .isEqualTo("The client of bob knows datagrams only."));
    try (Link link = connection.link()) {
      assertThat(link.kind()).isEqualTo(Link.Kind.DATAGRAMS);
      assertThat(link.remote()).isEqualTo(bob.address());
      link.send("hello".getBytes(UTF_8));
      assertThat(bob.nextData()).isEqualTo("hello");
      bob.send("good morning".getBytes(UTF_8), bob.nextChecker());
      assertThat(link.receive()).asString().isEqualTo("good morning");
    }
  }

  @Test
  void aCallThatIsTakenTalksInDatagramsToo() throws Exception {
    try (ClassicPeer caller = new ClassicPeer("300:301")) {
      CompletableFuture<FlowConnection> taking = bobCalls(caller.addresses()).accept();
      Offer answer = (Offer) server.toBob();
      assertThat(answer.peer()).isEqualTo(ALICE_CALLED);
      assertThat(answer.me()).isEqualTo(BOB_CALLING);
      try (Link link = taking.get(30, TimeUnit.SECONDS).link()) {
        link.send("hello".getBytes(UTF_8));
        assertThat(caller.nextData()).isEqualTo("hello");
      }
    }
  }

  @Test
  void theSearchBeginsWithTheAnswer() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    Offer call = (Offer) server.toBob();
    assertThat(bob.wasChecked()).isFalse();
    server.fromBob(answer(BOB_CALLED, bob.addresses(), Extensions.NONE));
    bob.nextChecker();
    calling.get(30, TimeUnit.SECONDS).link().close();
    assertThat(call.kind()).isEqualTo(Relay.Kind.CALL);
  }

  @Test
  void anEarlyCheckIsAnsweredAndOneForSomebodyElseIsNot() throws Exception {
    alice.client().callAsync("bob", CallTest.RINGING);
    InetSocketAddress alices = ((Offer) server.toBob()).addresses().local().orElseThrow();
    stranger.check("113:112", alices);
    bob.check("112:113", alices);
    assertThat(bob.nextAnswer()).isEqualTo(StunClass.SUCCESS);
    assertThat(stranger.wasAnswered()).isFalse();
  }

  @Test
  void anAnswerOfAnotherCallIsIgnored() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(answer(new Party("bob", 115), stranger.addresses(), Extensions.NONE));
    server.fromBob(answer(new Party("mallory", 113), stranger.addresses(), Extensions.NONE));
    server.fromBob(answer(BOB_CALLED, bob.addresses(), Extensions.NONE));
    try (Link link = calling.get(30, TimeUnit.SECONDS).link()) {
      assertThat(link.remote()).isEqualTo(bob.address());
    }
  }

  @Test
  void anEndOfAnotherCallOrOfSomebodyElseIsIgnored() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(new End(BOB_CALLED, new Party("alice", 110), EndMode.REFUSE));
    server.fromBob(new End(new Party("mallory", 113), ALICE_CALLING, EndMode.REFUSE));
    server.fromBob(new End(BOB_CALLED, ALICE_CALLING, EndMode.BUSY));
    assertFails(calling, Reason.BUSY);
  }

  @Test
  void anEndWithoutNumbersCounts() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(new End(new Party("bob", 0), new Party("alice", 0), EndMode.REFUSE));
    assertFails(calling, Reason.REFUSED);
  }

  @Test
  void whatStrangersSendIsNotData() throws Exception {
    try (Link link = callBob(bob.addresses()).link()) {
      InetSocketAddress alices = bob.nextChecker();
      stranger.send("I am bob".getBytes(UTF_8), alices);
      stranger.check("113:112", alices);
      stranger.send("really".getBytes(UTF_8), alices);
      bob.send(new byte[] {(byte) 0xff}, alices);
      bob.send("it is me".getBytes(UTF_8), alices);
      assertThat(link.receive()).asString().isEqualTo("it is me");
    }
  }

  @Test
  void whoHasCheckedRightlyIsHeardOnAnyPath() throws Exception {
    try (Link link = callBob(bob.addresses()).link()) {
      InetSocketAddress alices = bob.nextChecker();
      stranger.check("112:113", alices);
      assertThat(stranger.nextAnswer()).isEqualTo(StunClass.SUCCESS);
      stranger.send("my other address".getBytes(UTF_8), alices);
      assertThat(link.receive()).asString().isEqualTo("my other address");
    }
  }

  @Test
  void whatComesBeforeOurOwnCheckIsAnsweredIsKept() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    InetSocketAddress alices = ((Offer) server.toBob()).addresses().local().orElseThrow();
    bob.check("112:113", alices);
    assertThat(bob.nextAnswer()).isEqualTo(StunClass.SUCCESS);
    bob.send("first".getBytes(UTF_8), alices);
    server.fromBob(answer(BOB_CALLED, bob.addresses(), Extensions.NONE));
    try (Link link = calling.get(30, TimeUnit.SECONDS).link()) {
      assertThat(link.receive()).asString().isEqualTo("first");
    }
  }

  @Test
  void thePeersEndComesAfterWhatHasArrived() throws Exception {
    Link link = callBob(bob.addresses()).link();
    bob.send("last".getBytes(UTF_8), bob.nextChecker());
    assertThat(link.receive()).asString().isEqualTo("last");
    server.fromBob(new End(BOB_CALLED, ALICE_CALLING, EndMode.HANG_UP));
    assertThat(link.receive()).isNull();
    link.close();
    assertThat(server.hasMoreForBob()).isFalse();
  }

  @Test
  void closingTheLinkHangsUp() throws Exception {
    callBob(bob.addresses()).link().close();
    assertThat(server.toBob()).isEqualTo(new End(ALICE_CALLING, BOB_CALLED, EndMode.HANG_UP));
  }

  @Test
  void closingLinkAndClientHangsUpToo() throws Exception {
    Link link = callBob(bob.addresses()).link();
    link.close();
    alice.close();
    assertThat(server.toBob()).isEqualTo(new End(ALICE_CALLING, BOB_CALLED, EndMode.HANG_UP));
  }

  @Test
  void datagramsKeepTheSignalConnectionOfAClosedClient() throws Exception {
    Link link = callBob(bob.addresses()).link();
    alice.close();
    link.send("still there".getBytes(UTF_8));
    assertThat(bob.nextData()).isEqualTo("still there");
    link.close();
    assertThat(server.toBob()).isEqualTo(new End(ALICE_CALLING, BOB_CALLED, EndMode.HANG_UP));
  }

  @Test
  void whereTcpDoesNotGetThroughDatagramsRemain() throws Exception {
    // Of a NAT that changes ports: the punch gives up earlier.
    TcpOffer nowhere =
        new TcpOffer(
            Optional.of(new InetSocketAddress(FakeServer.LOOPBACK, 1)),
            Optional.of(new InetSocketAddress(FakeServer.LOOPBACK, 2)),
            "k".repeat(32));
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(answer(BOB_CALLED, bob.addresses(), withTcp(nowhere)));
    FlowConnection connection = calling.get(30, TimeUnit.SECONDS);
    assertThat(connection)
        .isInstanceOfSatisfying(
            FlowConnection.Datagrams.class,
            datagrams ->
                assertThat(datagrams.whyNotReliable()).startsWith("Nothing got through to bob at"));
    connection.link().close();
  }

  @Test
  void whereNothingGetsThroughThePeerIsToldSo() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    // The stranger answers no check: none is for him.
    server.fromBob(answer(BOB_CALLED, stranger.addresses(), Extensions.NONE));
    assertThat(calling)
        .failsWithin(CallTest.PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("datagrams got through to bob at 127.0.0.1:")
        .withMessageEndingWith("The client of bob knows datagrams only.");
    assertFails(calling, Reason.NOT_PUNCHED);
    assertThat(server.toBob()).isEqualTo(new End(ALICE_CALLING, BOB_CALLED, EndMode.HANG_UP));
  }

  @Test
  void whoHangsUpDuringTheSearchEndsIt() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(answer(BOB_CALLED, stranger.addresses(), Extensions.NONE));
    server.fromBob(new End(BOB_CALLED, ALICE_CALLING, EndMode.HANG_UP));
    assertFails(calling, Reason.HUNG_UP);
  }

  @Test
  void aSecondCallMeanwhileIsToldBusyAndTheSameOneTwiceIsNot() throws Exception {
    Offer call = call(BOB_CALLING, ALICE_CALLED, bob.addresses());
    server.fromBob(call);
    server.fromBob(call);
    server.fromBob(call(new Party("bob", 302), new Party("alice", 303), bob.addresses()));
    assertThat(server.toBob())
        .isEqualTo(new End(new Party("alice", 303), new Party("bob", 302), EndMode.BUSY));
    alice.nextCall().refuse();
    assertThat(server.toBob()).isEqualTo(new End(ALICE_CALLED, BOB_CALLING, EndMode.REFUSE));
  }

  @Test
  void anAnswerThatTheServerCouldNotPassOnIsSaidAgain() throws Exception {
    IncomingCall call = bobCalls(bob.addresses());
    call.accept();
    server.toBob();
    server.say("alice", new Failure(Head.EMPTY, SignalType.ANSWER, "peer is offline"));
    assertThat(((Offer) server.toBob()).kind()).isEqualTo(Relay.Kind.ANSWER);
  }

  @Test
  void aCallThatTheServerCouldNotPassOnHasFailed() throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.say("alice", new Failure(Head.EMPTY, SignalType.CALL, "peer is offline"));
    assertFails(calling, Reason.PEER_OFFLINE);
    assertThat(server.hasMoreForBob()).isFalse();
  }

  @Test
  void aServerMayLeaveTheNumbersOfAnswersOut() throws Exception {
    server.numbersAnswers = false;
    callBob(bob.addresses()).link().close();
  }

  private FlowConnection callBob(Addresses where) throws Exception {
    CompletableFuture<FlowConnection> calling = alice.client().callAsync("bob", CallTest.RINGING);
    server.toBob();
    server.fromBob(answer(BOB_CALLED, where, Extensions.NONE));
    return calling.get(30, TimeUnit.SECONDS);
  }

  private IncomingCall bobCalls(Addresses where) throws Exception {
    server.fromBob(call(BOB_CALLING, ALICE_CALLED, where));
    return alice.nextCall();
  }

  private static Offer call(Party from, Party to, Addresses where) {
    return new Offer(
        Relay.Kind.CALL, from, to, where, Optional.empty(), Optional.empty(), Extensions.NONE);
  }

  private static Offer answer(Party from, Addresses where, Extensions extensions) {
    return new Offer(
        Relay.Kind.ANSWER,
        from,
        ALICE_CALLING,
        where,
        Optional.empty(),
        Optional.empty(),
        extensions);
  }

  private static Extensions withTcp(TcpOffer tcp) {
    return new Extensions(Optional.empty(), Optional.of(tcp), Optional.empty(), false, List.of());
  }

  private static void assertFails(CompletableFuture<FlowConnection> call, Reason reason) {
    assertThat(call)
        .failsWithin(CallTest.PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOfSatisfying(
            CulvertException.class, why -> assertThat(why.reason()).isEqualTo(reason));
  }
}
