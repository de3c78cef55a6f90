package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ServerAddressesTest {
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("203.0.113.10");
  private static final InetAddress REACHED = InetAddress.ofLiteral("192.168.1.5");

  @Test
  void theAddressThatTheOperatorNamesIsHandedOut() {
    ServerAddresses addresses = new ServerAddresses(Optional.of(PUBLIC), OptionalInt.of(3478));

    assertThat(addresses.at(REACHED, 1)).isEqualTo(new InetSocketAddress(PUBLIC, 1));
    assertThat(addresses.stun(REACHED)).contains(new InetSocketAddress(PUBLIC, 3478));
  }

  @Test
  void elseTheOneThatHasWorked() {
    ServerAddresses addresses = new ServerAddresses(Optional.empty(), OptionalInt.of(3478));

    assertThat(addresses.at(REACHED, 1)).isEqualTo(new InetSocketAddress(REACHED, 1));
    assertThat(addresses.stun(REACHED)).contains(new InetSocketAddress(REACHED, 3478));
  }

  @Test
  void withoutStunThereIsNone() {
    assertThat(new ServerAddresses(Optional.of(PUBLIC), OptionalInt.empty()).stun(REACHED))
        .isEmpty();
  }

  @Test
  void anAddressLosesItsScopeAndItsIpv6Clothes() throws Exception {
    ServerAddresses addresses = new ServerAddresses(Optional.empty(), OptionalInt.empty());
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
    InetAddress linkLocal = Inet6Address.getByAddress("", address("fe80::1"), 3);

    assertThat(addresses.at(Inet6Address.getByAddress("", mapped, 0), 1).getAddress())
        .isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(addresses.at(linkLocal, 1).getAddress().getHostAddress()).doesNotContain("%");
  }

  private static byte[] address(String literal) {
    return InetAddress.ofLiteral(literal).getAddress();
  }
}
