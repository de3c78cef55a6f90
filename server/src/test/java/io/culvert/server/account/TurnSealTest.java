package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.account.TurnSeal.Sealed;
import io.culvert.server.config.KeyFile;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnSealTest {
  private final byte[] key = KeyFile.random();
  private final TurnSeal seal = new TurnSeal(key, "example.org");
  private final Sealed sealed = seal.seal("alice", "secret").orElseThrow();

  /** MD5 and SHA-256 of alice:example.org:secret, by coreutils. */
  @Test
  void theKeysAreThoseOfTheRfc() {
    UserKeys keys = seal.open("alice", sealed).orElseThrow();

    assertThat(keys.name()).isEqualTo("alice");
    assertThat(hex(keys.md5()) + hex(keys.sha256()))
        .isEqualTo(
            "543e1aec5d3614f03141652d6ada51b2"
                + "d1659fff7a501be15962adc35514ca6a5868905695f2dd1093741f931e000a1f");
  }

  /** SHA-256 of alice:example.org, by coreutils. */
  @Test
  void theUserIsTheUserhashOfTheRfc() {
    assertThat(sealed.user())
        .isEqualTo("435b7933096a304d3c734cfb833ec9075bd47ab1c0160321aed31c06a8c7009e");
    assertThat(TurnSeal.user(UserHash.of("alice", "example.org"))).isEqualTo(sealed.user());
  }

  @Test
  void noTwoSealsAreAlike() {
    Sealed again = seal.seal("alice", "secret").orElseThrow();

    assertThat(again.keys()).isNotEqualTo(sealed.keys());
    assertThat(again.user()).isEqualTo(sealed.user());
  }

  @Test
  void withAnotherKeyItStaysShut() {
    TurnSeal other = new TurnSeal(KeyFile.random(), "example.org");

    assertThat(other.open("alice", sealed)).isEmpty();
    assertThat(other.isStale(Optional.of(sealed), "alice", "secret")).isTrue();
  }

  @Test
  void theKeysOfOneUserAreNoneOfAnother() {
    String bob = seal.user("bob").orElseThrow();

    assertThat(seal.open("alice", new Sealed(bob, sealed.keys()))).isEmpty();
  }

  @Test
  void everyChangedByteIsNoticed() {
    byte[] bytes = Base64.getDecoder().decode(sealed.keys());
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      String keys = Base64.getEncoder().encodeToString(changed);

      assertThat(seal.open("alice", new Sealed(sealed.user(), keys))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA", "not base64!"})
  void whatIsNoSealStaysShut(String keys) {
    assertThat(seal.open("alice", new Sealed(sealed.user(), keys))).isEmpty();
  }

  @Test
  void keysAreStaleWhenThePasswordOrTheRealmIsAnother() {
    assertThat(seal.isStale(Optional.of(sealed), "alice", "secret")).isFalse();
    assertThat(seal.isStale(Optional.of(sealed), "alice", "another")).isTrue();
    assertThat(seal.isStale(Optional.empty(), "alice", "secret")).isTrue();
    assertThat(new TurnSeal(key, "example.com").isStale(Optional.of(sealed), "alice", "secret"))
        .isTrue();
  }

  @Test
  void aPasswordThatTurnCannotCarryHasNoKeys() {
    assertThat(seal.seal("alice", "tab\there")).isEmpty();
    assertThat(seal.isStale(Optional.empty(), "alice", "tab\there")).isFalse();
    assertThat(seal.isStale(Optional.of(sealed), "alice", "tab\there")).isTrue();
  }

  @Test
  void accentsAndSpacesMayBeWrittenInAnyWay() {
    assertThat(seal.user("ren\u00e9 b")).isEqualTo(seal.user("rene\u0301\u00a0b"));
  }

  private static String hex(StunKey key) {
    return HexFormat.of().formatHex(key.toBytes());
  }
}
