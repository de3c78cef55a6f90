package io.culvert.wire.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":1.50,\"b\":-12345678901234567890,\"c\":[null,true,{\"d\":\"\\\\\"}],\"ä\":\"😀\"}",
        "{\"big\":1E+999999999}"
      })
  void whatIsReadIsWrittenAgainAsItWas(String json) throws Exception {
    assertThat(new String(Json.write(read(json)), UTF_8)).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "\"text\"",
        "null",
        "{",
        "{}}",
        "{}{}",
        "{} 1",
        "{}\u0000",
        "\uFEFF{}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":1,}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":1E77777777777777777771}",
        "{\"a\":1,\"a\":1}",
        "{\"o\":{\"a\":1,\"a\":2}}",
        "{\"a\":\"\\ud800\"}",
        "{\"\\udc00\":1}",
        "{\"a\":[\"\\ud800x\"]}",
        "{\"a\":\"\n\"}",
        "{/**/}"
      })
  void whatIsNotOneObjectIsMalformed(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void onlyUtf8IsRead() {
    for (byte[] bytes :
        new byte[][] {
          "{}".getBytes(UTF_16BE),
          "{\"a\":\"ä\"}".getBytes(ISO_8859_1),
          {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'}, // overlong
          {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'} // a surrogate
        }) {
      assertThatThrownBy(() -> Json.readObject(Unpooled.wrappedBuffer(bytes)))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void nestingHasABound() throws Exception {
    assertThat(read(nested(32))).isNotNull();
    assertThatThrownBy(() -> read(nested(33))).isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> read(nested(10_000))).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void numbersHaveABound() throws Exception {
    assertThat(read("{\"n\":" + "9".repeat(64) + "}")).isNotNull();
    assertThatThrownBy(() -> read("{\"n\":" + "9".repeat(65) + "}"))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void sizeHasABound() throws Exception {
    String longest = "{\"s\":\"" + "x".repeat(65_535 - 8) + "\"}";
    assertThat(read(longest)).isNotNull();
    assertThatThrownBy(() -> read(longest + " ")).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void anIntegerHasNeitherFractionNorExponentAndIsWithinItsRange() throws Exception {
    assertThat(Json.integer(read("{\"n\":9223372036854775807}"), "n", 0, Long.MAX_VALUE))
        .hasValue(Long.MAX_VALUE);
    for (String not : new String[] {"1.0", "1e0", "\"1\"", "true", "[]", "9223372036854775808"}) {
      ObjectNode object = read("{\"n\":" + not + "}");
      assertThatThrownBy(() -> Json.integer(object, "n", Long.MIN_VALUE, Long.MAX_VALUE))
          .isInstanceOf(MalformedMessageException.class);
    }
    assertThatThrownBy(() -> Json.integer(read("{\"n\":65536}"), "n", 0, 65_535))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void nullIsAbsent() throws Exception {
    ObjectNode object = read("{\"n\":null}");
    assertThat(Json.integer(object, "n", 0, 1)).isEmpty();
    assertThat(Json.text(object, "n")).isEmpty();
    assertThat(Json.object(object, "n")).isEmpty();
    assertThat(Json.text(object, "other")).isEmpty();
  }

  @Test
  void aMemberOfAnotherKindIsMalformed() throws Exception {
    ObjectNode object = read("{\"n\":1,\"s\":\"\"}");
    assertThatThrownBy(() -> Json.text(object, "n")).isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> Json.object(object, "s"))
        .isInstanceOf(MalformedMessageException.class);
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
  }

  private static ObjectNode read(String json) throws MalformedMessageException {
    return Json.readObject(Unpooled.copiedBuffer(json, UTF_8));
  }
}
