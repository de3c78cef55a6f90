package io.culvert.client.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhereaboutsTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.251", "ff02::1", "255.255.255.255"})
  void noPeerIsEverywhere(String ip) {
    assertThat(Whereabouts.mayBePeers(InetAddress.ofLiteral(ip), false)).isFalse();
    assertThat(Whereabouts.mayBePeers(InetAddress.ofLiteral(ip), true)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1"})
  void aPeerIsOnThisMachineOnlyWhereAllAre(String ip) {
    assertThat(Whereabouts.mayBePeers(InetAddress.ofLiteral(ip), false)).isFalse();
    assertThat(Whereabouts.mayBePeers(InetAddress.ofLiteral(ip), true)).isTrue();
  }

  @Test
  void aPeerMayBeInAnyNetwork() {
    assertThat(Whereabouts.mayBePeers(InetAddress.ofLiteral("192.168.1.2"), false)).isTrue();
    assertThat(Whereabouts.mayBePeers(InetAddress.ofLiteral("2001:db8::2"), false)).isTrue();
  }
}
