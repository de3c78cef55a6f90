package io.culvert.wire.stun;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StunKeyTest {
  /** RFC 8489 §18.5.1.1: the example of RFC 5389 §15.4. */
  @Test
  void aLongTermKeyIsADigestOfNameRealmAndPassword() {
    assertThat(StunKey.longTerm(PasswordAlgorithm.MD5, "user", "realm", "pass").toBytes())
        .isEqualTo(StunDecoding.bytes("8493fbc53ba582fb4c044c456bdc40eb"));
    assertThat(
            StunKey.longTerm(
                    PasswordAlgorithm.SHA_256, Rfc5769.USERNAME, Rfc5769.REALM, Rfc5769.PASSWORD)
                .toBytes())
        .isEqualTo(
            StunDecoding.bytes("dd295a613b9058c3c23d6dc7165bda072304d989c9d0af3a8c7e184b4f9bb4a1"));
  }

  @Test
  void allTextsArePreparedFirst() {
    assertThat(
            StunKey.longTerm(PasswordAlgorithm.MD5, "u\u0308ser", "a\u00a0realm", "e\u0301")
                .toBytes())
        .isEqualTo(StunKey.longTerm(PasswordAlgorithm.MD5, "üser", "a realm", "\u00e9").toBytes());
    assertThat(StunKey.shortTerm("e\u0301").toBytes()).isEqualTo("\u00e9".getBytes(UTF_8));
  }

  @Test
  void aPasswordThatIsNotAllowedMakesNoKey() {
    assertThatThrownBy(() -> StunKey.shortTerm(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a name or password is empty");
    assertThatThrownBy(() -> StunKey.longTerm(PasswordAlgorithm.MD5, "user", "realm", "pass\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a name or password has the character U+000A");
  }

  @Test
  void nobodyCanChangeAKey() {
    byte[] bytes = {1, 2, 3};
    StunKey key = StunKey.of(bytes);
    bytes[0] = 9;
    key.toBytes()[1] = 9;
    assertThat(key.toBytes()).containsExactly(1, 2, 3);
  }

  @Test
  void aKeyDoesNotShowItself() {
    assertThat(StunKey.shortTerm("password")).hasToString("StunKey");
  }

  @Test
  void algorithmsHaveTheNumbersOfTheRegistry() {
    assertThat(PasswordAlgorithm.of(1)).isEqualTo(PasswordAlgorithm.MD5);
    assertThat(PasswordAlgorithm.of(2)).isEqualTo(PasswordAlgorithm.SHA_256);
    assertThat(PasswordAlgorithm.of(0)).isNull();
    assertThat(PasswordAlgorithm.of(3)).isNull();
  }
}
