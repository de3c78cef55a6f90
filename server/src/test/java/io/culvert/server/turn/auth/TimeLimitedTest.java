package io.culvert.server.turn.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeLimitedTest {
  @ParameterizedTest
  @CsvSource({
    "1760000000:alice, 1760000000, alice",
    "0:alice, 0, alice",
    "0001:alice, 1, alice",
    "1760000000:a:b:c, 1760000000, a:b:c",
    "31556889864403199:x, 31556889864403199, x"
  })
  void case36_aNameSaysWhenItExpiresAndWhoseItIs(String name, long expires, String user) {
    assertThat(TimeLimited.of(name))
        .contains(new TimeLimited(Instant.ofEpochSecond(expires), user));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "alice",
        "1760000000",
        "1760000000:",
        ":alice",
        "-1:alice",
        "+1:alice",
        " 1:alice",
        "1 :alice",
        "1.5:alice",
        "0x10:alice",
        "1e9:alice",
        "alice:1760000000",
        "١:alice",
        "9223372036854775807:alice",
        "9223372036854775808:alice",
        "99999999999999999999999:alice",
        "999999999999999999:alice"
      })
  void case36_whatHasNoTimeOrNoUserIsNoSuchName(String name) {
    assertThat(TimeLimited.of(name)).isEmpty();
  }

  @Test
  void isOverFromTheSecondThatItNames() {
    TimeLimited credential = new TimeLimited(Instant.ofEpochSecond(1_000), "alice");
    assertThat(credential.isOver(Instant.ofEpochSecond(999, 999_999_999))).isFalse();
    assertThat(credential.isOver(Instant.ofEpochSecond(1_000))).isTrue();
    assertThat(credential.username()).isEqualTo("1000:alice");
    assertThat(TimeLimited.of(credential.username())).contains(credential);
  }

  /** printf %s NAME | openssl dgst -sha1 -hmac SECRET -binary | base64 */
  @Test
  void thePasswordIsThatOfOtherImplementations() {
    assertThat(TimeLimited.password("north", "1760000000:alice"))
        .isEqualTo("cMUN0YrSbUb8i3CyNvJhfsL5ENw=");
  }
}
