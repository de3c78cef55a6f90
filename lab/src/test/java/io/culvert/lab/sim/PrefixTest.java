package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixTest {
  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, true",
    "100.64.0.1, true",
    "100.127.255.255, true",
    "100.128.0.0, false",
    "172.15.255.255, false",
    "172.16.0.0, true",
    "172.31.255.255, true",
    "172.32.0.0, false",
    "192.168.255.1, true",
    "203.0.113.1, false",
    "fd00::1, true",
    "fe80::1, true",
    "2001:db8::1, false"
  })
  void itKnowsWhatIsPrivate(String address, boolean isPrivate) {
    assertThat(Prefix.isPrivate(InetAddress.ofLiteral(address))).isEqualTo(isPrivate);
  }

  @Test
  void itKnowsItsNetworkAndItsAddresses() {
    Prefix prefix = Prefix.parse("192.168.1.77/24");
    assertThat(prefix).hasToString("192.168.1.0/24");
    assertThat(prefix.address(1)).isEqualTo(InetAddress.ofLiteral("192.168.1.1"));
    assertThat(Prefix.parse("2001:db8:5:6::/64").address(258))
        .isEqualTo(InetAddress.ofLiteral("2001:db8:5:6::102"));
  }

  @Test
  void theFamiliesHaveNothingInCommon() {
    assertThat(Prefix.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("::1"))).isFalse();
    assertThat(Prefix.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("8.8.8.8"))).isTrue();
  }

  @Test
  void aLengthBeyondTheAddressIsRefused() {
    assertThatThrownBy(() -> Prefix.parse("10.0.0.0/33")).hasMessageContaining("33 bits");
  }
}
