package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void anIpv4AddressStandsBeforeAColon() {
    assertThat(Addresses.show(new InetSocketAddress("192.0.2.1", 80))).isEqualTo("192.0.2.1:80");
  }

  @Test
  void anIpv6AddressStandsInBracketsAndIsShort() {
    assertThat(Addresses.show(new InetSocketAddress("2001:db8:0:0:0:0:0:1", 80)))
        .isEqualTo("[2001:db8::1]:80");
    assertThat(Addresses.show(new InetSocketAddress("::", 0))).isEqualTo("[::]:0");
  }
}
