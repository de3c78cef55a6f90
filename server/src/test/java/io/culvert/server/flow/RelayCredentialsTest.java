package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.flow.TurnUri;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RelayCredentialsTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.10", 3478);

  private Optional<String> secret = Optional.of("north");
  private OptionalInt sharedPort = OptionalInt.empty();
  private List<TurnUri> elsewhere =
      List.of(new TurnUri(true, "relay.example", 443, TurnUri.Transport.TCP));
  private final RelayCredentials credentials =
      new RelayCredentials(
          5349,
          () -> sharedPort,
          () -> elsewhere,
          () -> secret,
          () -> Instant.ofEpochSecond(1_700_000_000, 999));

  @Test
  void theNameIsTheEndOfADayAndTheAccount() {
    TurnCredentials turn = mint("alice", SERVER);

    assertThat(turn.username()).isEqualTo("1700086400:alice");
    assertThat(turn.ttl()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void theCredentialIsTheHmacOfTheName() {
    // printf '1700086400:alice' | openssl dgst -sha1 -hmac north -binary | base64
    assertThat(mint("alice", SERVER).credential()).isEqualTo("SXua5ne/+mDhiHTp0pQJzRO4ESg=");
  }

  @Test
  void theNewestSecretCounts() {
    TurnCredentials before = mint("alice", SERVER);
    secret = Optional.of("south");

    assertThat(mint("alice", SERVER).credential()).isNotEqualTo(before.credential());
  }

  @Test
  void theServerIsNamedForUdpTcpAndTlsAndWhereElseItIs() {
    assertThat(mint("alice", SERVER).urls())
        .containsExactly(
            "turn:203.0.113.10:3478?transport=udp",
            "turn:203.0.113.10:3478?transport=tcp",
            "turns:203.0.113.10:5349?transport=tcp",
            "turns:relay.example:443?transport=tcp");
    assertThat(mint("alice", new InetSocketAddress("2001:db8::1", 3478)).urls())
        .contains("turn:[2001:db8::1]:3478?transport=udp");
  }

  @Test
  void whatIsTakenOffTheListIsNotNamedAnyMore() {
    elsewhere = List.of();

    assertThat(mint("alice", SERVER).urls())
        .hasSize(3)
        .allMatch(url -> url.contains("203.0.113.10"));
  }

  @Test
  void thePortOfAllServicesIsNamedBehindItsOwn() {
    sharedPort = OptionalInt.of(443);

    assertThat(mint("alice", SERVER).urls())
        .containsExactly(
            "turn:203.0.113.10:3478?transport=udp",
            "turn:203.0.113.10:3478?transport=tcp",
            "turns:203.0.113.10:5349?transport=tcp",
            "turns:203.0.113.10:443?transport=tcp",
            "turns:relay.example:443?transport=tcp");
  }

  @Test
  void withoutASecretThereAreNone() {
    secret = Optional.empty();

    assertThat(credentials.mint("alice", SERVER)).isEmpty();
  }

  private TurnCredentials mint(String account, InetSocketAddress server) {
    return credentials.mint(account, server).orElseThrow();
  }
}
