package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.Head;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PresenceTest {
  private final FakeServer server = new FakeServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aLoginGivesATokenAndWhereToBeOnline() throws Exception {
    FlowSession session = FlowClient.login(server.login("alice"));
    assertThat(session.account()).isEqualTo("alice");
    assertThat(session.token()).hasSize(32);
    assertThat(session.signalServer())
        .isEqualTo(new ServerAddress("127.0.0.1", server.signalPort()));
    assertThat(session.toString()).doesNotContain(session.token());
    assertThat(server.heard(HeartBeat.class)).isEmpty();
  }

  @Test
  void aTokenIsAsGoodAsThePassword() throws Exception {
    FlowSession session = FlowClient.login(server.login("alice"));
    try (Person alice = new Person(withToken(session.token()))) {
      assertThat(alice.client().account()).isEqualTo("alice");
      assertThat(alice.client().session().token()).isEqualTo(session.token());
    }
    assertThat(server.heard(LoginRequest.class).getLast().password()).isEmpty();
  }

  @Test
  void aWrongPasswordIsRefused() {
    FlowLogin login =
        new FlowLogin(
            server.address(),
            "alice",
            new Credential.Password("of somebody else"),
            TlsPolicy.NONE,
            new ServerTrust.FirstUse());
    assertThatThrownBy(() -> FlowClient.online(login, FlowListener.NOBODY))
        .isInstanceOfSatisfying(
            CulvertException.class, why -> assertThat(why.reason()).isEqualTo(Reason.LOGIN_REFUSED))
        .hasMessageContaining("account or password is wrong");
    assertThat(server.heard(LoginRequest.class)).hasSize(1);
  }

  @Test
  void whereNobodyListensIsNoServer() throws Exception {
    int port;
    try (ServerSocket nobody = new ServerSocket(0, 1, FakeServer.LOOPBACK)) {
      port = nobody.getLocalPort();
    }
    FlowLogin login =
        new FlowLogin(
            new ServerAddress("127.0.0.1", port),
            "alice",
            new Credential.Password("password"),
            TlsPolicy.NONE,
            new ServerTrust.FirstUse());
    assertThatThrownBy(() -> FlowClient.login(login))
        .isInstanceOfSatisfying(
            CulvertException.class,
            why -> assertThat(why.reason()).isEqualTo(Reason.SERVER_UNREACHABLE))
        .hasMessage(
            "The server 127.0.0.1:%d cannot be reached: connection refused.".formatted(port));
  }

  @Test
  void aSignalServerWithoutAnAddressIsTheAccountServersMachine() throws Exception {
    server.signalAddress = LoginResponse.HERE;
    try (Person alice = new Person(server.login("alice"))) {
      assertThat(alice.client().session().signalServer())
          .isEqualTo(new ServerAddress("127.0.0.1", server.signalPort()));
    }
  }

  @Test
  void aTokenThatIsLoggedOutIsDead() throws Exception {
    FlowSession session = FlowClient.login(server.login("alice"));
    FlowClient.logout(withToken(session.token()));
    assertThat(server.heard(Logout.class))
        .containsExactly(new Logout(Head.numbered(session.token(), 1), "alice"));
    assertThatThrownBy(() -> FlowClient.login(withToken(session.token())))
        .hasMessageContaining("does not let alice in");
  }

  @Test
  void aPasswordCannotBeLoggedOut() {
    assertThatIllegalArgumentException().isThrownBy(() -> FlowClient.logout(server.login("alice")));
  }

  @Test
  void secretsAreNotShown() {
    assertThat(server.login("alice").toString()).doesNotContain("password of");
    assertThat(withToken("secret").toString()).doesNotContain("secret");
  }

  @Test
  void theHeartBeatThatRegistersComesFirst() throws Exception {
    try (Person alice = new Person(server.login("alice"))) {
      assertThat(server.heard().get(1)).isInstanceOf(HeartBeat.class);
      assertThat(server.heard().get(1).head().token()).isEqualTo(alice.client().session().token());
    }
  }

  @Test
  void aConnectionThatBreaksIsMadeAgainWithTheSameToken() throws Exception {
    try (Person alice = online("alice")) {
      server.drop("alice");
      assertThat(alice.nextEvent()).isEqualTo("offline");
      assertThat(alice.nextEvent()).isEqualTo("online again");
      await().until(() -> server.heard(HeartBeat.class).size() == 2);
      assertThat(server.heard(LoginRequest.class)).hasSize(1);
      assertThat(server.heard(HeartBeat.class))
          .extracting(beat -> beat.head().token())
          .containsOnly(alice.client().session().token());
    }
  }

  @Test
  void aTokenThatIsNotGoodAnyMoreIsReplacedByMeansOfThePassword() throws Exception {
    try (Person alice = online("alice")) {
      String before = alice.client().session().token();
      server.forgetTokens();
      server.drop("alice");
      await().until(() -> !alice.client().session().token().equals(before));
      await()
          .until(() ->
              server
                  .heard(HeartBeat.class)
                  .getLast()
                  .head()
                  .token()
                  .equals(alice.client().session().token()));
      assertThat(server.heard(LoginRequest.class))
          .extracting(login -> login.password().isEmpty())
          .containsExactly(false, true, false);
    }
  }

  @Test
  void withoutAPasswordTheEndOfTheTokenIsTheEnd() throws Exception {
    FlowSession session = FlowClient.login(server.login("alice"));
    try (Person alice = new Person(withToken(session.token()))) {
      await().until(() -> !server.heard(HeartBeat.class).isEmpty());
      server.forgetTokens();
      server.drop("alice");
      String event = alice.nextEvent();
      while (event.equals("offline") || event.equals("online again")) {
        event = alice.nextEvent();
      }
      assertThat(event).isEqualTo("ended: LOGIN_REFUSED");
    }
  }

  @Test
  void aLoginThatIsRefusedForAMomentIsTriedAgain() throws Exception {
    try (Person alice = online("alice")) {
      server.refusesLogins = true;
      server.forgetTokens();
      int before = server.heard(LoginRequest.class).size();
      server.drop("alice");
      await().until(() -> server.heard(LoginRequest.class).size() >= before + 2);
      server.refusesLogins = false;
      int beats = server.heard(HeartBeat.class).size();
      await().until(() -> server.heard(HeartBeat.class).size() > beats);
      assertThat(alice.client().account()).isEqualTo("alice");
    }
  }

  @Test
  void whoIsReplacedStaysAway() throws Exception {
    try (Person alice = online("alice")) {
      server.say("alice", new Replaced(Head.EMPTY, "replaced"));
      assertThat(alice.nextEvent()).isEqualTo("ended: ID_TAKEN");
      try (Person newer = new Person(server.login("carol"))) {
        // Time has passed in which alice could have come back.
        server.drop("carol");
        assertThat(newer.nextEvent()).isEqualTo("offline");
        assertThat(newer.nextEvent()).isEqualTo("online again");
      }
      assertThat(server.heard(HeartBeat.class))
          .filteredOn(beat -> beat.head().token().equals(alice.client().session().token()))
          .hasSize(1);
    }
  }

  @Test
  void framesMayComeByteByByteAndEndInANul() throws Exception {
    server.dribbles = true;
    try (Person alice = online("alice");
        Person carol = online("carol")) {
      var connection = alice.client().callAsync("carol", CallTest.RINGING);
      carol.nextCall().refuse();
      assertThat(connection).failsWithin(CallTest.PATIENCE);
    }
  }

  private FlowLogin withToken(String token) {
    return new FlowLogin(
        server.address(),
        "alice",
        new Credential.Token(token),
        TlsPolicy.NONE,
        new ServerTrust.FirstUse());
  }

  private Person online(String name) throws Exception {
    int before = server.heard(HeartBeat.class).size();
    Person person = new Person(server.login(name));
    await().until(() -> server.heard(HeartBeat.class).size() > before);
    return person;
  }
}
