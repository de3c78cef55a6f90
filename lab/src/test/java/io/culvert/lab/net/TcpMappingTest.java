package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class TcpMappingTest {
  static Stream<NatKind> cones() {
    return Stream.of(
        NatKind.FULL_CONE,
        NatKind.ADDRESS_RESTRICTED,
        NatKind.PORT_RESTRICTED,
        NatKind.UDP_BLOCKED);
  }

  @ParameterizedTest
  @MethodSource("cones")
  void endpointIndependentMappingKeepsThePortForEveryDestination(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Tcp one = Tcp.on(lab.host("one"));
        Tcp two = Tcp.on(lab.host("two"))) {
      Host host = lab.peer("alice", kind);
      try (Tcp alice = Tcp.on(host);
          Tcp.Connection first = alice.connectTo(one);
          Tcp.Connection second = alice.connectTo(two)) {
        InetSocketAddress expected = new InetSocketAddress(host.publicAddress(), alice.port());
        assertThat(first.mapping()).isEqualTo(expected);
        assertThat(second.mapping()).isEqualTo(expected);
      }
    }
  }

  @Test
  void aSymmetricRouterGivesEachDestinationAPortOfItsOwn() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      try (Tcp one = Tcp.on(server);
          Tcp two = Tcp.on(server);
          Tcp three = Tcp.on(lab.host("another"));
          Tcp alice = Tcp.on(lab.peer("alice", NatKind.SYMMETRIC));
          Tcp.Connection first = alice.connectTo(one);
          Tcp.Connection second = alice.connectTo(two);
          Tcp.Connection third = alice.connectTo(three)) {
        assertThat(Stream.of(first, second, third).map(c -> c.mapping().getPort()))
            .doesNotHaveDuplicates()
            .doesNotContain(alice.port());
      }
    }
  }

  @Test
  void aSequentialRouterGivesEachDestinationTheNextPort() throws Exception {
    try (Lab lab = Lab.open();
        Tcp one = Tcp.on(lab.host("one"));
        Tcp two = Tcp.on(lab.host("two"));
        Tcp alice = Tcp.on(lab.peer("alice", NatKind.SYMMETRIC_SEQUENTIAL));
        Tcp.Connection first = alice.connectTo(one);
        Tcp.Connection second = alice.connectTo(two)) {
      assertThat(second.mapping().getPort()).isEqualTo(first.mapping().getPort() + 1);
    }
  }
}
