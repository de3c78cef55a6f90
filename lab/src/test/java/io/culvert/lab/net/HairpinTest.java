package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class HairpinTest {
  static Stream<NatKind> kinds() {
    return Stream.of(NatKind.FULL_CONE, NatKind.ADDRESS_RESTRICTED, NatKind.PORT_RESTRICTED);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void withHairpinNeighboursMeetAtTheirOuterAddresses(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", kind.withHairpin());
      try (Udp alice = Udp.on(home.host("alice"), 5000);
          Udp carol = Udp.on(home.host("carol"), 5000)) {
        InetSocketAddress alices = alice.mappingTowards(server);
        InetSocketAddress carols = carol.mappingTowards(server);

        alice.send("hello", carols);
        Udp.Packet hello = carol.receive();
        assertThat(hello).isEqualTo(new Udp.Packet("hello", alices));
        carol.send("hello back", hello.from());
        assertThat(alice.receive()).isEqualTo(new Udp.Packet("hello back", carols));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void withoutHairpinNothingArrivesAtAnOuterAddress(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", kind);
      try (Udp alice = Udp.on(home.host("alice"));
          Udp carol = Udp.on(home.host("carol"))) {
        alice.mappingTowards(server);
        InetSocketAddress carols = carol.mappingTowards(server);

        alice.send("hello", carols);

        assertThat(carol.receiveUntilSilence()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void tcpTakesTheHairpinToo(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Tcp server = Tcp.on(lab.host("server"))) {
      Router home = lab.router("home", kind.withHairpin());
      try (Tcp alice = Tcp.on(home.host("alice"));
          Tcp carol = Tcp.on(home.host("carol"));
          Tcp.Connection alices = alice.connectTo(server);
          Tcp.Connection carols = carol.connectTo(server);
          Tcp.Connection between = alice.connectTo(carol, carols.mapping())) {
        assertThat(between.mapping()).isEqualTo(alices.mapping());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void withoutHairpinTcpGetsNoAnswer(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Tcp server = Tcp.on(lab.host("server"))) {
      Router home = lab.router("home", kind);
      try (Tcp alice = Tcp.on(home.host("alice"));
          Tcp carol = Tcp.on(home.host("carol"));
          Tcp.Connection carols = carol.connectTo(server)) {
        assertThat(alice.hearsNothingFrom(carols.mapping())).isTrue();
      }
    }
  }
}
