package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private static final HttpProxy PROXY = HttpProxy.parse("http://proxy.example:3128");

  private final InetSocketAddress server = server("relay.north.example");

  @Test
  void theEnvironmentNamesOneInSmallLettersOrElseInCapitals() {
    assertThat(by(Map.of("https_proxy", "proxy.example:3128"))).contains(PROXY);
    assertThat(by(Map.of("HTTPS_PROXY", "http://proxy.example:3128"))).contains(PROXY);
    assertThat(by(Map.of("HTTPS_PROXY", "other.example:1", "https_proxy", "proxy.example:3128")))
        .contains(PROXY);
    assertThat(by(Map.of("https_proxy", " ", "http_proxy", "proxy.example:3128"))).isEmpty();
    assertThat(by(Map.of())).isEmpty();
  }

  @Test
  void oneOfAnotherKindIsNone() {
    assertThat(by(Map.of("https_proxy", "socks5://proxy.example:1080"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "relay.north.example",
        "RELAY.north.example",
        "north.example",
        ".north.example",
        "localhost, example",
        "localhost example",
        "203.0.113.7",
        "203.0.0.0/16",
        "0.0.0.0/0"
      })
  void someServersAreExempt(String except) {
    assertThat(by(Map.of("https_proxy", "proxy.example:3128", "no_proxy", except))).isEmpty();
    assertThat(by(Map.of("https_proxy", "proxy.example:3128", "NO_PROXY", except))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "south.example",
        "orth.example",
        "relay.north",
        "203.0.113.8",
        "203.0.113.8/31x",
        "203.0.112.0/24",
        "::/0",
        "*.example"
      })
  void theOthersAreNot(String except) {
    assertThat(by(Map.of("https_proxy", "proxy.example:3128", "no_proxy", except))).contains(PROXY);
  }

  @Test
  void oneThatIsNamedLeadsEverywhere() {
    assertThat(Proxies.by(PROXY).towards(server)).contains(PROXY);
    assertThat(Proxies.none().towards(server)).isEmpty();
  }

  private Optional<HttpProxy> by(Map<String, String> environment) {
    return Proxies.of(environment).towards(server);
  }

  private static InetSocketAddress server(String name) {
    try {
      byte[] ip = {(byte) 203, 0, 113, 7};
      return new InetSocketAddress(InetAddress.getByAddress(name, ip), 443);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
