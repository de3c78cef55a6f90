package io.culvert.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
  private static final String HEX = "0123456789abcdef".repeat(4);

  @Test
  void isReadHoweverItIsWritten() {
    Fingerprint fingerprint = new Fingerprint(HEX);
    String colons = HEX.replaceAll("(..)(?!$)", "$1:").toUpperCase(Locale.ROOT);
    for (String text :
        new String[] {"sha256:" + HEX, HEX, colons, "SHA256:" + colons, " sha256:" + HEX + "\n"}) {
      assertThat(Fingerprint.parse(text)).isEqualTo(fingerprint);
    }
    assertThat(fingerprint).hasToString("sha256:" + HEX);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha256:00", "sha1:0123", "hello"})
  void whatIsNoneIsRefusedWithASentence(String text) {
    assertThatThrownBy(() -> Fingerprint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A fingerprint is sha256: and 64 hexadecimal digits, unlike \"" + text + "\".");
    assertThatThrownBy(() -> Fingerprint.parse(HEX + "0"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void peersTellItAsRfc8122HasIt() {
    Fingerprint fingerprint = new Fingerprint(HEX);
    String attribute = fingerprint.attribute();
    assertThat(attribute).startsWith("sha-256 01:23:45:67:89:AB:CD:EF:01:").hasSize(8 + 95);
    assertThat(Fingerprint.ofAttribute(attribute)).isEqualTo(fingerprint);
    assertThat(Fingerprint.ofAttribute(attribute.toLowerCase(Locale.ROOT))).isEqualTo(fingerprint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha-256 ", "sha-256 01:23", "sha-1 01:23", "01:23:45"})
  void whatPeersTellOtherwiseIsRefused(String text) {
    assertThatThrownBy(() -> Fingerprint.ofAttribute(text))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Fingerprint.ofAttribute(new Fingerprint(HEX).attribute() + ":00"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
