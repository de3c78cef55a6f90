package io.culvert.server.turn.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.stun.NonceCookie;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NoncesTest {
  private static final NonceCookie FEATURES = new NonceCookie(true, false);
  private static final byte[] COOKIE = ascii(FEATURES.text());
  private static final long HIGH = 0x2001_0db8_0000_0001L;
  private static final long LOW = 0x1234L;
  private static final int PORT = 40_000;
  private static final long NOW = TimeUnit.DAYS.toNanos(3) + 999_999_999;

  private final SecretKey key = Nonces.newKey();
  private final Nonces nonces = new Nonces(key, Duration.ofMinutes(10));

  @Test
  void aNonceIsTextBehindItsCookie() {
    String nonce = nonce(NOW);
    assertThat(nonce).hasSize(28).hasSize(Nonces.LENGTH).matches("[A-Za-z0-9+/]+");
    assertThat(NonceCookie.of(nonce)).contains(FEATURES);
  }

  @Test
  void case27_aNonceIsFreshForItsLifeAndThenStale() {
    String nonce = nonce(NOW);
    assertThat(isFresh(nonce, NOW)).isTrue();
    assertThat(isFresh(nonce, NOW + TimeUnit.SECONDS.toNanos(600))).isTrue();
    assertThat(isFresh(nonce, NOW + TimeUnit.SECONDS.toNanos(601))).isFalse();
    assertThat(isFresh(nonce, NOW + TimeUnit.DAYS.toNanos(2))).isFalse();
  }

  @Test
  void aNonceIsNotFreshAgainWhenItsTimeComesRound() {
    String nonce = nonce(NOW);
    long round = TimeUnit.SECONDS.toNanos(1 << 18);
    assertThat(isFresh(nonce, NOW + round)).isFalse();
    assertThat(isFresh(nonce, NOW + 2 * round)).isFalse();
  }

  @Test
  void aThreadWhoseClockIsBehindTakesTheNonceOfAnother() {
    assertThat(isFresh(nonce(NOW), NOW - 1_000_000)).isTrue();
    assertThat(isFresh(nonce(NOW + 1), NOW)).isTrue();
  }

  @Test
  void aClockThatBeginsAnywhereWillDo() {
    for (long now : new long[] {Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - NOW}) {
      String nonce = nonce(now);
      assertThat(isFresh(nonce, now)).isTrue();
      assertThat(isFresh(nonce, now + TimeUnit.SECONDS.toNanos(602))).isFalse();
    }
  }

  @Test
  void case29_aNonceIsOfNoUseToAnotherAddressOrPort() {
    ByteBuf nonce = buffer(nonce(NOW));
    assertThat(nonces.isFresh(nonce, 0, 28, COOKIE, HIGH + 1, LOW, PORT, NOW)).isFalse();
    assertThat(nonces.isFresh(nonce, 0, 28, COOKIE, HIGH, LOW + 1, PORT, NOW)).isFalse();
    assertThat(nonces.isFresh(nonce, 0, 28, COOKIE, HIGH, LOW, PORT + 1, NOW)).isFalse();
  }

  @Test
  void case28_aNonceOfAnyOtherLengthIsForged() {
    String nonce = nonce(NOW);
    for (int length = 0; length < nonce.length(); length++) {
      assertThat(isFresh(nonce.substring(0, length), NOW)).isFalse();
    }
    assertThat(isFresh(nonce + "A", NOW)).isFalse();
    assertThat(isFresh(nonce + "A".repeat(101), NOW)).isFalse();
    assertThat(isFresh("A".repeat(2_000), NOW)).isFalse();
  }

  @Property
  void case28_aNonceWithAnythingElseInItIsForged(
      @ForAll @IntRange(min = 0, max = Nonces.LENGTH - 1) int at, @ForAll byte other) {
    ByteBuf nonce = buffer(nonce(NOW));
    boolean same = nonce.getByte(at) == other;
    nonce.setByte(at, other);
    assertThat(nonces.isFresh(nonce, 0, Nonces.LENGTH, COOKIE, HIGH, LOW, PORT, NOW))
        .isEqualTo(same);
  }

  @Test
  void case32_aNonceDoesNotFitAnotherCookie() {
    byte[] other = ascii(new NonceCookie(true, true).text());
    assertThat(nonces.isFresh(buffer(nonce(NOW)), 0, 28, other, HIGH, LOW, PORT, NOW)).isFalse();
  }

  @Test
  void threadsWithTheSameKeyTakeEachOthersNonces() {
    Nonces others = new Nonces(key, Duration.ofMinutes(10));
    assertThat(others.isFresh(buffer(nonce(NOW)), 0, 28, COOKIE, HIGH, LOW, PORT, NOW)).isTrue();
  }

  @Test
  void anotherServerDoesNotTakeThem() {
    Nonces others = new Nonces(Nonces.newKey(), Duration.ofMinutes(10));
    assertThat(others.isFresh(buffer(nonce(NOW)), 0, 28, COOKIE, HIGH, LOW, PORT, NOW)).isFalse();
  }

  @Test
  void aNonceDoesNotLiveLongerThanItsTimeCanTell() {
    assertThatThrownBy(() -> new Nonces(key, Duration.ofHours(25)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Nonces(key, Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private String nonce(long now) {
    ByteBuf out = Unpooled.buffer();
    nonces.write(out, COOKIE, HIGH, LOW, PORT, now);
    return out.toString(StandardCharsets.US_ASCII);
  }

  private boolean isFresh(String nonce, long now) {
    // Behind something else, as in a message.
    ByteBuf in = Unpooled.buffer().writeLong(0).writeBytes(ascii(nonce));
    return nonces.isFresh(in, Long.BYTES, nonce.length(), COOKIE, HIGH, LOW, PORT, now);
  }

  private static ByteBuf buffer(String nonce) {
    return Unpooled.copiedBuffer(nonce, StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
