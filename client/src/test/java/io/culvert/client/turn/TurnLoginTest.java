package io.culvert.client.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.flow.TurnCredentials;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnLoginTest {
  @Test
  void itIsWhatWasHandedOut() {
    assertThat(TurnLogin.of(handedOut("1700086400:alice", "8Vw=")))
        .contains(new TurnLogin("1700086400:alice", "8Vw="));
  }

  @Test
  void whatStunCannotSayIsNone() {
    assertThat(TurnLogin.of(handedOut("", "8Vw="))).isEmpty();
    assertThat(TurnLogin.of(handedOut("alice", ""))).isEmpty();
    assertThat(TurnLogin.of(handedOut("al\nice", "8Vw="))).isEmpty();
    assertThat(TurnLogin.of(handedOut("é".repeat(255), "8Vw="))).isEmpty();
    assertThat(TurnLogin.of(handedOut("é".repeat(254), "8Vw="))).isPresent();
  }

  @Test
  void itDoesNotShowThePassword() {
    assertThat(new TurnLogin("alice", "secret").toString()).doesNotContain("secret");
  }

  private static TurnCredentials handedOut(String username, String credential) {
    return new TurnCredentials(List.of(), username, credential, Duration.ofHours(1));
  }
}
