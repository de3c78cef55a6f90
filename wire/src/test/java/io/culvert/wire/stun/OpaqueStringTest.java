package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 58 of the attacks, and RFC 8265 §4.3. */
class OpaqueStringTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse battery staple",
        "Correct Horse Battery Staple",
        "πßå",
        "Jack of ♦s",
        " foo ",
        "マトリックス",
        "\uD83D\uDD11",
        "ｆｕｌｌ"
      })
  void whatIsInTheRightFormStaysAsItIs(String text) {
    assertThat(OpaqueString.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00a0, 0x1680, 0x2000, 0x200a, 0x202f, 0x205f, 0x3000})
  void everySpaceBecomesAPlainOne(int space) {
    assertThat(OpaqueString.of("foo" + Character.toString(space) + "bar")).isEqualTo("foo bar");
  }

  @ParameterizedTest
  @CsvSource({"e\u0301,\u00e9", "\u1112\u1161\u11ab,\ud55c", "\u212b,\u00c5"})
  void charactersAreComposed(String text, String composed) {
    assertThat(OpaqueString.of(text)).isEqualTo(composed);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 9, 0x0a, 0x1f, 0x7f, 0x85, 0xad, 0x0378, 0x2028, 0x2029, 0x202e, 0xd800, 0xdfff, 0xe000,
        0xfeff, 0xffff, 0x10ffff
      })
  void charactersThatNoPasswordMayHaveAreRefused(int character) {
    assertThatThrownBy(() -> OpaqueString.of("a" + Character.toString(character)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a name or password has the character U+%04X".formatted(character));
  }

  @Test
  void nothingIsNoPassword() {
    assertThatThrownBy(() -> OpaqueString.of(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a name or password is empty");
  }

  @Property
  void whatIsPreparedOnceStaysAsItIs(@ForAll String text) {
    String once;
    try {
      once = OpaqueString.of(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("a name or password");
      return;
    }
    assertThat(OpaqueString.of(once)).isEqualTo(once);
  }
}
