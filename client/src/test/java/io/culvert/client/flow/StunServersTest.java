package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.flow.TurnCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StunServersTest {
  private static final InetSocketAddress RELAY = at("203.0.113.1");
  private static final InetSocketAddress STUN = at("203.0.113.2");

  @Test
  void thoseThatAreKnownAreAskedOnceEach() {
    assertThat(StunServers.of(Optional.of(RELAY), account("192.0.2.1", Optional.of(STUN))))
        .containsExactly(RELAY, STUN);
    assertThat(StunServers.of(Optional.of(STUN), account("192.0.2.1", Optional.of(STUN))))
        .containsExactly(STUN);
    assertThat(StunServers.of(Optional.empty(), account("192.0.2.1", Optional.empty()))).isEmpty();
  }

  @Test
  void oneThatIsStillBeingLookedUpIsNotWaitedFor() {
    Account account =
        new Account(
            session(),
            new InetSocketAddress("192.0.2.1", 3376),
            new CompletableFuture<>(),
            Optional.empty());
    assertThat(StunServers.of(Optional.of(RELAY), account)).containsExactly(RELAY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "224.0.0.1", "0.0.0.0", "2001:db8::1"})
  void aCallerCannotHaveAnybodyElseAsked(String relay) {
    assertThat(StunServers.of(Optional.of(at(relay)), account("192.0.2.1", Optional.empty())))
        .isEmpty();
  }

  @Test
  void whereEverybodyIsOnOneMachineThatOneIsAsked() {
    assertThat(StunServers.of(Optional.of(at("127.0.0.1")), account("127.0.0.1", Optional.empty())))
        .containsExactly(at("127.0.0.1"));
  }

  @Test
  void theRelayIsTheServerThatHasGivenCredentialsForIt() {
    assertThat(relay("203.0.113.1", "name", "password"))
        .contains(new RelayedPort.Access(RELAY, new TurnLogin("name", "password")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "224.0.0.1", "0.0.0.0", "2001:db8::1"})
  void aCallerCannotHaveUsRelayByAnybodyElse(String server) {
    assertThat(relay(server, "name", "password")).isEmpty();
  }

  @Test
  void credentialsThatCannotBeSaidAreNone() {
    assertThat(relay("203.0.113.1", "", "password")).isEmpty();
    assertThat(relay("203.0.113.1", "name", "pass\0word")).isEmpty();
    assertThat(relay("203.0.113.1", "n".repeat(509), "password")).isEmpty();
  }

  private static Optional<RelayedPort.Access> relay(
      String server, String username, String credential) {
    return StunServers.relay(
        Optional.of(at(server)),
        Optional.of(new TurnCredentials(List.of(), username, credential, Duration.ofHours(1))),
        account("192.0.2.1", Optional.empty()));
  }

  private static Account account(String signalServer, Optional<InetSocketAddress> stunServer) {
    return new Account(
        session(),
        at(signalServer),
        CompletableFuture.completedFuture(stunServer),
        Optional.empty());
  }

  private static FlowSession session() {
    return new FlowSession(
        "alice", "token", new ServerAddress("192.0.2.1", 3376), new ServerSecurity.Plain());
  }

  private static InetSocketAddress at(String ip) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), 3478);
  }
}
