package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.culvert.lab.junit.InLab;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class TcpFilteringTest {
  static Stream<Arguments> kinds() {
    return Stream.of(
        arguments(NatKind.FULL_CONE, true, true),
        arguments(NatKind.ADDRESS_RESTRICTED, false, true),
        arguments(NatKind.PORT_RESTRICTED, false, false),
        arguments(NatKind.SYMMETRIC, false, false),
        arguments(NatKind.SYMMETRIC_SEQUENTIAL, false, false),
        arguments(NatKind.UDP_BLOCKED, false, false));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aMappingLetsInExactlyWhatItsFilteringSays(
      NatKind kind, boolean anotherAddress, boolean anotherPort) throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      try (Tcp contacted = Tcp.on(server);
          Tcp otherPort = Tcp.on(server);
          Tcp otherAddress = Tcp.on(lab.host("another"));
          Tcp alice = Tcp.on(lab.peer("alice", kind));
          Tcp.Connection connection = alice.connectTo(contacted)) {
        InetSocketAddress mapping = connection.mapping();

        connection.far().getOutputStream().write('!');
        assertThat(connection.near().getInputStream().read()).isEqualTo('!');
        assertReaches(otherAddress, alice, mapping, anotherAddress);
        assertReaches(otherPort, alice, mapping, anotherPort);
      }
    }
  }

  private static void assertReaches(
      Tcp caller, Tcp callee, InetSocketAddress mapping, boolean expected) throws Exception {
    if (!expected) {
      assertThat(caller.hearsNothingFrom(mapping)).isTrue();
      return;
    }
    try (Tcp.Connection connection = caller.connectTo(callee, mapping)) {
      assertThat(connection.mapping()).isEqualTo(caller.address());
    }
  }
}
