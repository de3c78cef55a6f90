package io.culvert.server.flow;

import static io.culvert.server.flow.TestFlowServer.passwordOf;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.server.net.Listeners.Listener;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** The rules of the protocol, as clients see them. */
@Timeout(60)
class FlowServerTest {
  /** It looks like one. */
  private static final String NO_TOKEN = "0123456789abcdefABCDEF_-01234567";

  @TempDir private Path data;

  private TestFlowServer server;
  private String alices;
  private String bobs;

  @BeforeEach
  void start() throws Exception {
    server = TestFlowServer.start(data);
    server.add("alice", "bob");
    alices = server.token("alice");
    bobs = server.token("bob");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static String login(String account, String password) {
    return "{'account':'%s','password':'%s'}".formatted(account, password);
  }

  private static String signal(String from, String to, String data) {
    return "{'data':%s,'peerAccount':'%s','myAccount':'%s'}".formatted(data, to, from);
  }

  @Test
  void twoPortsListen() {
    assertThat(server.server().listeners())
        .extracting(Listener::name)
        .containsExactly("flow signal", "flow account");
    assertThat(server.server().signalAddress())
        .isEqualTo(server.server().listeners().getFirst().address());
    assertThat(server.server().accountAddress())
        .isEqualTo(server.server().listeners().getLast().address());
  }

  // Login.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoLogsInLearnsATokenAndWhereToGo(boolean onAccountPort) throws Exception {
    RawFlowClient client = onAccountPort ? server.account() : server.signal();

    client.send(1, "", login("alice", passwordOf("alice")));

    ObjectNode answer = client.readObject();
    String token = answer.at("/head/sessionToken").stringValue();
    assertThat(token).hasSize(32).isNotEqualTo(alices);
    assertThat(answer)
        .hasToString(
            RawFlowClient.message(
                16,
                token,
                ("{'ssIP':'127.0.0.1','ssPort':%d,'stunServer':'127.0.0.1:3478',"
                        + "'userInfo':{'account':'alice'},'turn':%s}")
                    .formatted(server.signalPort(), TestFlowServer.ALICES_TURN)));
    server.online(token, "alice");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTokenIsAsGoodAsAPassword(boolean onAccountPort) throws Exception {
    RawFlowClient client = onAccountPort ? server.account() : server.signal();

    client.send(1, alices, "{'account':'alice','password':''}");
    assertThat(client.readObject().at("/head/sessionToken").stringValue()).isEqualTo(alices);
    client.send(1, alices, "{}");
    assertThat(client.readObject().at("/body/userInfo/account").stringValue()).isEqualTo("alice");

    client.send(1, alices, "{'account':'bob','password':''}");
    client.expectFailure(16, "this token is not good any more: log in with your password");
    client.send(1, NO_TOKEN, "{}");
    client.expectFailure(16, "this token is not good any more: log in with your password");
  }

  @Test
  void aPasswordCountsMoreThanATokenBesideIt() throws Exception {
    RawFlowClient client = server.account();
    client.send(1, NO_TOKEN, login("alice", passwordOf("alice")));

    assertThat(client.readObject().at("/head/signalType").intValue()).isEqualTo(16);
    assertThat(server.counted(FlowCounter.LOGGED_IN)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"alice, wrong", "nobody, wrong", "' alice', wrong"})
  void aWrongPasswordAndAnUnknownAccountAreTheSameError(String account, String password)
      throws Exception {
    RawFlowClient client = server.account();
    client.send(1, "", login(account, password));

    client.expectFailure(16, "account or password is wrong");
    client.send(1, "", login("alice", passwordOf("alice")));
    assertThat(client.readObject().at("/head/status").intValue()).isZero();
  }

  @Test
  void whoGuessesTooOftenIsToldToWait() throws Exception {
    RawFlowClient client = server.account();
    String answer;
    int attempts = 0;
    do {
      client.send(1, "", login("alice", "wrong"));
      answer = client.read();
      attempts++;
    } while (answer.contains("account or password is wrong") && attempts < 1_000);

    assertThat(answer)
        .matches(".*\"description\":\"too many attempts: try again in [1-9][0-9]* s\".*");
  }

  @Test
  void loginsThatArriveTogetherAreAnsweredInOrder() throws Exception {
    RawFlowClient client = server.account();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      String message =
          "{'head':{'signalType':1,'status':0,'sessionToken':'','seq':%d},'body':%s}"
              .formatted(i, login("alice", passwordOf("alice")))
              .replace('\'', '"');
      all.append((char) (message.length() >> 8)).append((char) (message.length() & 0xFF));
      all.append(message);
    }
    client.send(all.toString().getBytes(ISO_8859_1));

    for (int i = 0; i < 10; i++) {
      assertThat(client.readObject().at("/head/seq").intValue()).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0", "2,32", "401,401", "402,402", "403,403", "4,4", "5,80"})
  void onTheAccountPortYouCanOnlyLogIn(int request, int answer) throws Exception {
    RawFlowClient client = server.account();
    client.send(request, alices, signal("alice", "bob", "{'bizType':1024}"));

    client.expectFailure(answer, "this is the account port: here you can only log in");
    assertThat(server.server().online()).isZero();
  }

  // Heart beat.

  @Test
  void aHeartBeatBindsTheAccountAndHasNoAnswer() throws Exception {
    RawFlowClient alice = server.signal();
    alice.send(0, alices, "{}");
    alice.send(0, alices, "{}");

    server.bind(alice, alices, "alice");
    assertThat(server.server().online()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", NO_TOKEN})
  void aHeartBeatWithAnUnknownTokenIsAnsweredAndTheConnectionClosed(String token) throws Exception {
    RawFlowClient client = server.signal();
    client.send(0, token, "{}");

    client.expectFailure(0, "this token is not good any more: log in again");
    client.expectClosed();
    assertThat(server.counted(FlowCounter.UNKNOWN_TOKEN)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"2,32", "401,401", "402,402", "403,403", "4,4"})
  void beforeTheFirstHeartBeatNothingElseWorks(int request, int answer) throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.signal();
    alice.send(request, alices, signal("alice", "bob", "{'bizType':1024}"));

    alice.expectFailure(answer, "send a heart beat with your token first");
    server.bind(alice, alices, "alice");
    server.bind(bob, bobs, "bob"); // and has got nothing in between
  }

  @Test
  void anotherTokensHeartBeatBindsAnotherAccount() throws Exception {
    RawFlowClient client = server.online(alices, "alice");

    server.bind(client, bobs, "bob");

    assertThat(server.server().online()).isEqualTo(1);
    client.send(2, alices, "{'peerAccount':'bob','myAccount':'alice'}");
    client.expectFailure(32, "this is not your token");
  }

  @Test
  void anotherTokenOfTheSameAccountTakesThePlaceOfTheFirst() throws Exception {
    RawFlowClient client = server.online(alices, "alice");
    String second = server.token("alice");

    server.bind(client, second, "alice");

    client.send(2, alices, "{'peerAccount':'bob','myAccount':'alice'}");
    client.expectFailure(32, "this is not your token");
    assertThat(server.counted(FlowCounter.REPLACED)).isZero();
  }

  @Test
  void aNewerConnectionReplacesTheOlder() throws Exception {
    RawFlowClient older = server.online(alices, "alice");

    RawFlowClient newer = server.online(alices, "alice");

    older.expectFailure(5, "replaced");
    older.expectClosed();
    assertThat(server.server().online()).isEqualTo(1);
    RawFlowClient bob = server.online(bobs, "bob");
    bob.send(401, bobs, signal("bob", "alice", "{}"));
    assertThat(newer.read()).contains("\"signalType\":401");
    assertThat(server.counted(FlowCounter.REPLACED)).isEqualTo(1);
  }

  // Sessions.

  @Test
  void whoIsOnlineCanBeCalled() throws Exception {
    RawFlowClient alice = server.online(alices, "alice");
    server.online(bobs, "bob");
    alice.send(2, alices, "{'peerAccount':'bob','myAccount':'alice'}");

    ObjectNode answer = alice.readObject();

    long session = answer.at("/body/sessionID").longValue();
    assertThat(session).isPositive();
    assertThat(answer)
        .hasToString(
            RawFlowClient.message(
                32,
                "",
                "{'myAccount':'alice','peerAccount':'bob','sessionID':%d,".formatted(session)
                    + "'relayIP':'127.0.0.1','relayPort':3478,"
                    + "'turn':"
                    + TestFlowServer.ALICES_TURN
                    + ",'peerTurn':"
                    + TestFlowServer.turn("1700086400:bob", "N1l5JN2s17z8vqFNRYoj88vgbVA=")
                    + "}"));
    alice.send(2, alices, "{'peerAccount':'bob','myAccount':'alice'}");
    assertThat(Math.abs(alice.readObject().at("/body/sessionID").longValue() - session))
        .isGreaterThanOrEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "nobody", "alice"})
  void whoIsOfflineOrUnknownOrTheCallerCannot(String peer) throws Exception {
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(2, alices, "{'peerAccount':'%s','myAccount':'alice'}".formatted(peer));

    alice.expectFailure(32, peer + " is not online");
  }

  @ParameterizedTest
  @CsvSource({"2,32", "401,401", "402,402", "403,403", "4,4"})
  void whoSpeaksMustBeTheTokensAccount(int request, int answer) throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");

    alice.send(request, alices, signal("bob", "bob", "{'bizType':1024}"));
    alice.expectFailure(answer, "myAccount is not the account of your token");
    for (String token : new String[] {bobs, NO_TOKEN, ""}) {
      alice.send(request, token, signal("alice", "bob", "{'bizType':1024}"));
      alice.expectFailure(answer, "this is not your token");
    }

    server.bind(bob, bobs, "bob"); // and has got nothing in between
  }

  // Relay.

  @ParameterizedTest
  @CsvSource({"401,401,7", "402,402,7", "403,403,7", "4,401,1024", "4,402,2048", "4,403,4096"})
  void aSignalReachesItsTargetWithoutTheToken(int sent, int relayed, int bizType) throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    String data =
        "{'bizType':%d,'n':1.50,'big':12345678901234567890,'o':{'a':[null,true]},'ü':'🚇'}"
            .formatted(bizType);

    alice.send(sent, alices, signal("alice", "bob", data));

    assertThat(bob.read())
        .isEqualTo(RawFlowClient.message(relayed, "", signal("alice", "bob", data)));
    server.bind(alice, alices, "alice"); // and has got nothing in between
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 401})
  void negoIsRelayedAsData(int type) throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(type, alices, "{'nego':{'bizType':1024},'peerAccount':'bob','myAccount':'alice'}");

    assertThat(bob.read())
        .isEqualTo(RawFlowClient.message(401, "", signal("alice", "bob", "{'bizType':1024}")));
  }

  @ParameterizedTest
  @CsvSource({"401", "402", "403", "4"})
  void aSignalToNobodyFailsWithItsOwnType(int type) throws Exception {
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(type, alices, signal("alice", "bob", "{'bizType':1024}"));

    alice.expectFailure(type, "bob is not online");
  }

  @Test
  void theNumberOfAQuestionIsThatOfItsAnswer() throws Exception {
    RawFlowClient alice = server.online(alices, "alice");
    for (String seq : new String[] {"7", "-1", "\"text\"", "12345678901234567890123"}) {
      alice.send(
          "{\"head\":{\"signalType\":401,\"status\":0,\"sessionToken\":\"%s\",\"seq\":%s},\"body\":%s}"
              .formatted(alices, seq, signal("alice", "bob", "{'x':1}").replace('\'', '"')));
      assertThat(alice.read())
          .isEqualTo(
              "{\"head\":{\"signalType\":401,\"status\":-1,\"sessionToken\":\"\",\"seq\":%s},\"body\":{\"description\":\"bob is not online\"}}"
                  .formatted(seq));
    }
  }

  @Test
  void aSignalThatNoFrameCanCarryIsRefused() throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    // As long as a frame may be, and one longer with a head that has all its members.
    String around =
        "{\"head\":{\"signalType\":401,\"sessionToken\":\"%s\"},\"body\":{\"data\":{\"x\":\"\"},\"peerAccount\":\"bob\",\"myAccount\":\"alice\"}}"
            .formatted(alices);
    String numbers = "1e5,".repeat((65_535 - around.length() - 9) / 4) + "1";
    alice.send(around.replace("\"\"", "[" + numbers + "]"));

    alice.expectFailure(401, "this is too long to be relayed");
    server.bind(bob, bobs, "bob");
  }

  @Test
  void theLongestSignalIsRelayed() throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    String around = RawFlowClient.message(401, alices, signal("alice", "bob", "{'x':''}"));
    String message =
        around.replace("\"x\":\"\"", "\"x\":\"" + "y".repeat(65_535 - around.length()) + "\"");
    assertThat(message).hasSize(65_535);
    alice.send(message);

    assertThat(bob.read()).hasSize(65_535 - 32);
  }

  // The end.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoseConnectionDiesHangsUp(boolean answered) throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(401, alices, signal("alice", "bob", "{}"));
    bob.read();
    if (answered) {
      bob.send(402, bobs, signal("bob", "alice", "{}"));
      alice.read();
    }

    alice.reset();

    assertThat(bob.read())
        .isEqualTo(
            RawFlowClient.message(
                403,
                "",
                signal(
                    "alice",
                    "bob",
                    "{'peerAccount':'alice','myAccount':'bob','bizType':4096,'endMode':0}")));
    server.bind(bob, bobs, "bob");
  }

  @Test
  void whoHasHungUpBeforeIsNotHeardOfAgain() throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(401, alices, signal("alice", "bob", "{}"));
    alice.send(403, alices, signal("alice", "bob", "{}"));
    bob.read();
    bob.read();

    alice.close();
    await().until(() -> server.server().online() == 1);

    server.bind(bob, bobs, "bob");
  }

  // Logout.

  @Test
  void whoLogsOutIsOfflineAndItsTokenIsDead() throws Exception {
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(5, alices, "{'myAccount':'alice'}");

    assertThat(alice.read()).isEqualTo(RawFlowClient.message(80, "", "{}"));

    assertThat(server.server().online()).isZero();
    RawFlowClient other = server.signal();
    other.send(0, alices, "{}");
    other.expectFailure(0, "this token is not good any more: log in again");
    other.expectClosed();
  }

  @Test
  void afterALogoutTheConnectionMayLogInAgain() throws Exception {
    RawFlowClient client = server.online(alices, "alice");
    client.send(5, alices, "{}");
    client.read();
    client.send(2, alices, "{'peerAccount':'bob','myAccount':'alice'}");
    client.expectFailure(32, "send a heart beat with your token first");

    client.send(1, "", login("bob", passwordOf("bob")));
    String token = client.readObject().at("/head/sessionToken").stringValue();
    client.send(2, token, "{'peerAccount':'alice','myAccount':'bob'}");
    client.expectFailure(32, "send a heart beat with your token first");

    server.bind(client, token, "bob");
    assertThat(server.server().online()).isEqualTo(1);
  }

  @Test
  void whoLogsOutHangsUp() throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(401, alices, signal("alice", "bob", "{}"));
    bob.read();

    alice.send(5, alices, "{'myAccount':'alice'}");

    assertThat(bob.read()).contains("\"signalType\":403");
  }

  @Test
  void beforeTheFirstHeartBeatATokenCanBeLoggedOut() throws Exception {
    RawFlowClient elsewhere = server.online(alices, "alice");
    RawFlowClient client = server.signal();

    client.send(5, alices, "{'myAccount':'bob'}");
    client.expectFailure(80, "myAccount is not the account of your token");
    client.send(5, NO_TOKEN, "{'myAccount':'alice'}");
    client.expectFailure(80, "this token is not good any more");
    client.send(5, alices, "{'myAccount':'alice'}");
    assertThat(client.read()).isEqualTo(RawFlowClient.message(80, "", "{}"));

    elsewhere.expectFailure(0, "logged out");
    elsewhere.expectClosed();
    assertThat(server.server().online()).isZero();
  }

  @Test
  void nobodyLogsAnotherOut() throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");
    alice.send(5, bobs, "{'myAccount':'bob'}");
    alice.expectFailure(80, "this is not your token");
    alice.send(5, alices, "{'myAccount':'bob'}");
    alice.expectFailure(80, "myAccount is not the account of your token");

    server.bind(bob, bobs, "bob");
    server.bind(alice, alices, "alice");
  }

  @Test
  void whoseTokenIsRevokedIsDisconnected() throws Exception {
    RawFlowClient bob = server.online(bobs, "bob");
    RawFlowClient alice = server.online(alices, "alice");

    server.store().changePassword("alice", "another");

    alice.expectFailure(0, "this token is not good any more: log in again");
    alice.expectClosed();
    assertThat(server.counted(FlowCounter.REVOKED)).isEqualTo(1);
    server.bind(bob, bobs, "bob");
  }

  // Addresses.

  @Test
  void theOperatorsAddressIsHandedOut(@TempDir Path other) throws Exception {
    try (TestFlowServer named =
        TestFlowServer.start(other, InetAddress.ofLiteral("203.0.113.10"))) {
      named.add("alice", "bob");
      RawFlowClient client = named.account();
      client.send(1, "", login("alice", passwordOf("alice")));

      ObjectNode body = (ObjectNode) client.readObject().get("body");
      assertThat(body.get("ssIP").stringValue()).isEqualTo("203.0.113.10");
      assertThat(body.get("ssPort").intValue()).isEqualTo(named.signalPort());
      assertThat(body.get("stunServer").stringValue()).isEqualTo("203.0.113.10:3478");
    }
  }

  @Test
  void anIpv4ClientOfAnIpv6SocketIsHandedAnIpv4Address(@TempDir Path other) throws Exception {
    try (TestFlowServer everywhere = TestFlowServer.startOnAllAddresses(other)) {
      everywhere.add("alice");
      RawFlowClient client = everywhere.account();
      client.send(1, "", login("alice", passwordOf("alice")));

      assertThat(client.readObject().at("/body/ssIP").stringValue()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void closingEndsEveryConnection() throws Exception {
    RawFlowClient alice = server.online(alices, "alice");
    RawFlowClient stranger = server.signal();
    InetSocketAddress signal = server.server().signalAddress();

    server.server().close();

    alice.expectClosed();
    stranger.expectGone();
    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawFlowClient.to(signal));
  }
}
