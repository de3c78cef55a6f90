package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacTest {
  /** RFC 2202 §3 and RFC 4231 §4, the keys being bytes that repeat. */
  @ParameterizedTest
  @CsvSource({
    "SHA-1,20,0b,20,4869205468657265,b617318655057264e28bc0b6fb378c8ef146be00",
    "SHA-1,20,aa,80,"
        + "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579"
        + "202d2048617368204b6579204669727374,"
        + "aa4ae5e15272d00e95705637ce8a3b55ed402112",
    "SHA-256,32,0b,20,4869205468657265,"
        + "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "SHA-256,32,aa,131,"
        + "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579"
        + "202d2048617368204b6579204669727374,"
        + "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  })
  void hasThePublishedValues(
      String algorithm, int bytes, String key, int keyBytes, String text, String value) {
    byte[] in = StunDecoding.bytes(text);
    assertThat(
            new Hmac(algorithm, bytes).of(StunDecoding.bytes(key.repeat(keyBytes)), in, in.length))
        .isEqualTo(StunDecoding.bytes(value));
  }

  @Test
  void saysWhatTheJdkSaysForKeysAndTextsOfAnyLength() throws Exception {
    Random random = new Random(1);
    Hmac sha1 = new Hmac("SHA-1", 20);
    Hmac sha256 = new Hmac("SHA-256", 32);
    for (int length = 1; length < 200; length++) {
      byte[] key = new byte[length];
      byte[] text = new byte[random.nextInt(300)];
      random.nextBytes(key);
      random.nextBytes(text);
      assertThat(sha1.of(key, text, text.length)).isEqualTo(mac("HmacSHA1", key, text));
      assertThat(sha256.of(key, text, text.length)).isEqualTo(mac("HmacSHA256", key, text));
    }
  }

  private static byte[] mac(String algorithm, byte[] key, byte[] text) throws Exception {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key, algorithm));
    return mac.doFinal(text);
  }
}
