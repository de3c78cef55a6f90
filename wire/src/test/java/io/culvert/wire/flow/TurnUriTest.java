package io.culvert.wire.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.wire.flow.TurnUri.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnUriTest {
  @ParameterizedTest
  @CsvSource({
    "turn:203.0.113.10:3478?transport=udp, false, 203.0.113.10, 3478, UDP",
    "turn:203.0.113.10:80?transport=tcp, false, 203.0.113.10, 80, TCP",
    "turns:relay.example:443?transport=tcp, true, relay.example, 443, TCP",
    "turns:[2001:db8::1]:5349?transport=udp, true, 2001:db8::1, 5349, UDP"
  })
  void whatIsReadIsWrittenTheSame(
      String text, boolean secure, String host, int port, Transport transport) {
    TurnUri uri = new TurnUri(secure, host, port, transport);

    assertThat(TurnUri.parse(text)).contains(uri);
    assertThat(uri).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "turn:relay.example, turn:relay.example:3478?transport=udp",
    "turns:relay.example, turns:relay.example:5349?transport=tcp",
    "TURN:relay.example?transport=TCP, turn:relay.example:3478?transport=tcp",
    "turn:[::1], turn:[::1]:3478?transport=udp"
  })
  void whatIsNotSaidIsTheUsual(String text, String whole) {
    assertThat(TurnUri.parse(text)).map(TurnUri::toString).contains(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "turn:",
        "stun:relay.example",
        "turn:relay.example:0",
        "turn:relay.example:65536",
        "turn:relay.example:999999",
        "turn:relay.example?transport=sctp",
        "turn:relay.example?transport=",
        "turn:relay.example?transport=tcp&more",
        "turn://relay.example",
        "turn:user@relay.example",
        "turn:2001:db8::1:3478",
        "turn:[relay.example]"
      })
  void whatIsNoneIsNotRead(String text) {
    assertThat(TurnUri.parse(text)).isEmpty();
  }

  @Test
  void aNameThatNoHostCanHaveIsNotRead() {
    assertThat(TurnUri.parse("turn:" + "a".repeat(253))).isPresent();
    assertThat(TurnUri.parse("turn:" + "a".repeat(254))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void aPortIsOne(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TurnUri(false, "relay.example", port, Transport.UDP));
  }
}
