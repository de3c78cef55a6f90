package io.culvert.client.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendezvousAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 40040, 40041",
    "127.0.0.1:5000, 5000, 5001",
    "127.0.0.1:5000:6000, 5000, 6000",
    "127.0.0.1:65535, 65535, 65535"
  })
  void theSecondPortIsTheNextOneUnlessItIsNamed(String text, int main, int aux) throws Exception {
    RendezvousAddress address = RendezvousAddress.parse(text);
    assertThat(address.main().getPort()).isEqualTo(main);
    assertThat(address.aux().getPort()).isEqualTo(aux);
    assertThat(address).hasToString("127.0.0.1:" + main);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":1", "host:", "host:0", "host:65536", "host:x", "host:1:2:3", "::1"})
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> RendezvousAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(a server is HOST.*|.* is not a port .*)");
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    assertThatThrownBy(() -> RendezvousAddress.parse("nowhere.invalid"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("nowhere.invalid");
  }
}
