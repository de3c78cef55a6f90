package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.net.StreamAccess;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.flow.TurnCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StunServersTest {
  private static final InetSocketAddress RELAY = at("203.0.113.1");
  private static final InetSocketAddress STUN = at("203.0.113.2");

  private static final FlowLogin LOGIN =
      new FlowLogin(
          new ServerAddress("flow.example", 3375),
          "alice",
          new Credential.Password("secret"),
          TlsPolicy.PREFERRED,
          new ServerTrust.FirstUse());

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
            session(new ServerSecurity.Plain()),
            at("192.0.2.1"),
            List.of(),
            new InetSocketAddress("192.0.2.1", 3376),
            new CompletableFuture<>(),
            Optional.empty(),
            LOGIN);
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
    RelayedPort.Access access = relay("203.0.113.1", "name", "password").orElseThrow();
    assertThat(access.server()).isEqualTo(RELAY);
    assertThat(access.login()).isEqualTo(new TurnLogin("name", "password"));
  }

  @Test
  void whereTheServerSpeaksTcpAndTlsItSays() {
    assertThat(
            doors(
                "turn:203.0.113.1:3478?transport=udp",
                "turn:203.0.113.1:80?transport=tcp",
                "turns:relay.example:5349?transport=tcp",
                "turns:203.0.113.1:5349?transport=udp",
                "nonsense"))
        .containsExactly(
            new Door(new ServerAddress("203.0.113.1", 80), false),
            new Door(new ServerAddress("relay.example", 5349), true),
            new Door(new ServerAddress("203.0.113.1", 3478), false),
            new Door(new ServerAddress("203.0.113.1", 443), true));
  }

  @Test
  void whereItDoesNotSayTheUsualPortsAreTried() {
    assertThat(doors())
        .containsExactly(
            new Door(new ServerAddress("203.0.113.1", 3478), false),
            new Door(new ServerAddress("203.0.113.1", 443), true));
  }

  @Test
  void theOtherRelaysThatItNamesAreAskedByUdpAsWell() {
    assertThat(
            others(
                "turn:203.0.113.1:3478?transport=udp",
                "turn:203.0.113.1:80?transport=udp",
                "turn:relay.example",
                "turn:relay.example:3478?transport=udp",
                "turn:relay.example?transport=tcp",
                "turns:relay.example:5349?transport=udp",
                "turn:[2001:db8::7]",
                "nonsense"))
        .containsExactly(
            new ServerAddress("203.0.113.1", 80),
            new ServerAddress("relay.example", 3478),
            new ServerAddress("2001:db8::7", 3478));
  }

  @Test
  void butNotAnyNumberOfThem() {
    String[] many =
        IntStream.range(1, 30).mapToObj("turn:relay.example:%d"::formatted).toArray(String[]::new);
    assertThat(others(many)).hasSize(RelayedPort.Access.MOST_OTHERS);
  }

  private static List<ServerAddress> others(String... urls) {
    Account account =
        new Account(
            session(new ServerSecurity.Plain()),
            at("203.0.113.1"),
            List.of(),
            at("203.0.113.1"),
            CompletableFuture.completedFuture(Optional.of(RELAY)),
            Optional.of(
                new TurnCredentials(List.of(urls), "name", "password", Duration.ofHours(1))),
            LOGIN);
    RelayedPort.Access access = StunServers.relayOfPeer(account).orElseThrow();
    assertThat(access.server()).isEqualTo(RELAY);
    assertThat(access.life()).contains(Duration.ofHours(1));
    return access.others();
  }

  @Test
  void nobodyHasUsKnockAtAnyNumberOfDoors() {
    String[] many =
        IntStream.range(1, 30)
            .mapToObj("turn:203.0.113.1:%d?transport=tcp"::formatted)
            .toArray(String[]::new);
    assertThat(doors(many)).hasSize(StreamAccess.MOST_DOORS);
  }

  private static List<Door> doors(String... urls) {
    return StunServers.relay(
            Optional.of(RELAY),
            Optional.of(
                new TurnCredentials(List.of(urls), "name", "password", Duration.ofHours(1))),
            account("192.0.2.1", Optional.empty()))
        .orElseThrow()
        .streams()
        .doors();
  }

  @Test
  void theRelayIsBelievedAsTheAccountServerIs() {
    Fingerprint seen = new Fingerprint("ab".repeat(32));
    assertThat(trust(new ServerSecurity.Plain())).isEqualTo(new ServerTrust.FirstUse());
    assertThat(trust(new Encrypted(seen, Verification.FIRST_USE)))
        .isEqualTo(new ServerTrust.Pinned(seen));
    assertThat(trust(new Encrypted(seen, Verification.FINGERPRINT)))
        .isEqualTo(new ServerTrust.Pinned(seen));
    assertThat(trust(new Encrypted(seen, Verification.AUTHORITY)))
        .isEqualTo(new ServerTrust.Authorities());
  }

  private static ServerTrust trust(ServerSecurity security) {
    Account account =
        new Account(
            session(security),
            at("192.0.2.1"),
            List.of(),
            at("192.0.2.1"),
            CompletableFuture.completedFuture(Optional.empty()),
            Optional.empty(),
            LOGIN);
    StreamAccess streams =
        StunServers.relay(
                Optional.of(RELAY),
                Optional.of(new TurnCredentials(List.of(), "name", "pw", Duration.ofHours(1))),
                account)
            .orElseThrow()
            .streams();
    assertThat(streams.name()).isEqualTo("flow.example");
    return streams.trust();
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
        session(new ServerSecurity.Plain()),
        at(signalServer),
        List.of(),
        at(signalServer),
        CompletableFuture.completedFuture(stunServer),
        Optional.empty(),
        LOGIN);
  }

  private static FlowSession session(ServerSecurity security) {
    return new FlowSession("alice", "token", new ServerAddress("192.0.2.1", 3376), security);
  }

  private static InetSocketAddress at(String ip) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), 3478);
  }
}
