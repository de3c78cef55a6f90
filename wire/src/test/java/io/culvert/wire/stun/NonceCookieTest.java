package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NonceCookieTest {
  @ParameterizedTest
  @CsvSource({
    "false,false,obMatJos2AAAA",
    "true,false,obMatJos2gAAA",
    "false,true,obMatJos2QAAA",
    "true,true,obMatJos2wAAA"
  })
  void theFirstBitIsTheLeftmost(boolean algorithms, boolean anonymity, String text) {
    NonceCookie cookie = new NonceCookie(algorithms, anonymity);
    assertThat(cookie.text()).isEqualTo(text).hasSize(NonceCookie.LENGTH);
    assertThat(NonceCookie.of(text)).contains(cookie);
    assertThat(NonceCookie.of(text + "f//499k954d6OL34oL9FSTvy64sA")).contains(cookie);
  }

  /** The other 22 bits are not assigned; the sample of RFC 8489, B.1 has one of them set. */
  @ParameterizedTest
  @ValueSource(strings = {"obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA", "obMatJos2P///"})
  void otherFeaturesAreIgnored(String nonce) {
    assertThat(NonceCookie.of(nonce)).contains(new NonceCookie(false, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "obMatJos2",
        "obMatJos2AAA",
        "obMatjos2AAAA",
        "f//499k954d6OL34oL9FSTvy64sA",
        "obMatJos2AA-A",
        "obMatJos2AA==",
        "obMatJos2 AAA",
        "obMatJos2ääää"
      })
  void anyOtherNonceHasNoCookie(String nonce) {
    assertThat(NonceCookie.of(nonce)).isEmpty();
  }
}
