package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProxyTest {
  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, proxy.example, 3128",
    "http://proxy.example:3128/, proxy.example, 3128",
    "HTTP://proxy.example, proxy.example, 1080",
    "proxy.example:8080, proxy.example, 8080",
    "192.0.2.1:8080, 192.0.2.1, 8080",
    "http://[2001:db8::1]:3128, 2001:db8::1, 3128"
  })
  void anAddressIsReadAsOtherProgramsReadIt(String text, String host, int port) {
    assertThat(HttpProxy.parse(text))
        .isEqualTo(new HttpProxy(new ServerAddress(host, port), Optional.empty()));
    assertThat(HttpProxy.parse(text).authorization()).isEmpty();
  }

  @Test
  void userAndPasswordAreProvedWithBasicAuthentication() {
    // printf 'alice:p@ss:word' | base64
    assertThat(HttpProxy.parse("http://alice:p%40ss%3Aword@proxy.example:1").authorization())
        .contains("Basic YWxpY2U6cEBzczp3b3Jk");
    // printf 'alice:' | base64
    assertThat(HttpProxy.parse("alice@proxy.example:1").authorization()).contains("Basic YWxpY2U6");
  }

  @Test
  void thePasswordIsNotShown() {
    assertThat(HttpProxy.parse("http://alice:secret@proxy.example:3128"))
        .hasToString("http://proxy.example:3128");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://",
        "https://alice:secret@proxy.example",
        "socks5://alice:secret@proxy.example",
        "http://alice:secret@proxy.example:port",
        "http://alice:secret@proxy.example:99999",
        "http://alice:secret@proxy example"
      })
  void whatIsNoneIsSaidWithoutThePassword(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpProxy.parse(text))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"))
        .withNoCause();
  }
}
