package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.Inet4Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
  @Test
  void everyHostAddressIsHandedOutOnce() {
    Subnet subnet = Subnet.parse("192.168.7.8/30");

    assertThat(subnet.takeLast()).isEqualTo(Inet4Address.ofLiteral("192.168.7.10"));
    assertThat(subnet.takeNext()).isEqualTo(Inet4Address.ofLiteral("192.168.7.9"));
    assertThatIllegalStateException()
        .isThrownBy(subnet::takeNext)
        .withMessage("Every address of 192.168.7.8/30 is taken.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.168.6.255", "192.168.7.0", "192.168.7.255", "192.168.8.0"})
  void addressesOfNoHostAreRefused(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subnet.parse("192.168.7.0/24").take(Inet4Address.ofLiteral(address)))
        .withMessageContaining("is no host address of 192.168.7.0/24");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.168.7.0", "192.168.7.0/31", "192.168.7.0/7", "192.168.7.0/x"})
  void otherTextsAreNoSubnets(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse(text));
  }
}
