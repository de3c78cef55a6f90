package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.culvert.lab.junit.InLab;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class UdpFilteringTest {
  private static final String ADDRESS = "from another address";
  private static final String PORT = "from another port";
  private static final String CONTACTED = "from the contacted endpoint";

  static Stream<Arguments> kinds() {
    return Stream.of(
        arguments(NatKind.OPEN, List.of(ADDRESS, PORT, CONTACTED)),
        arguments(NatKind.FULL_CONE, List.of(ADDRESS, PORT, CONTACTED)),
        arguments(NatKind.ADDRESS_RESTRICTED, List.of(PORT, CONTACTED)),
        arguments(NatKind.PORT_RESTRICTED, List.of(CONTACTED)),
        arguments(NatKind.SYMMETRIC, List.of(CONTACTED)),
        arguments(NatKind.SYMMETRIC_SEQUENTIAL, List.of(CONTACTED)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aMappingLetsInExactlyWhatItsFilteringSays(NatKind kind, List<String> expected)
      throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      try (Udp contacted = Udp.on(server);
          Udp otherPort = Udp.on(server);
          Udp otherAddress = Udp.on(lab.host("another"));
          Udp alice = Udp.on(lab.peer("alice", kind))) {
        InetSocketAddress mapping = alice.mappingTowards(contacted);

        otherAddress.send(ADDRESS, mapping);
        otherPort.send(PORT, mapping);
        contacted.send(CONTACTED, mapping);

        assertThat(alice.receiveUntil(CONTACTED)).containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("routers")
  void aPortWithoutAMappingLetsNothingIn(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.peer("alice", kind);
      try (Udp alice = Udp.on(host);
          Udp unmapped = Udp.on(host)) {
        alice.mappingTowards(server);

        server.send("unsolicited", new InetSocketAddress(host.publicAddress(), unmapped.port()));

        assertThat(unmapped.receiveUntilSilence()).isEmpty();
        assertThat(alice.receiveUntilSilence()).isEmpty();
      }
    }
  }

  static Stream<NatKind> routers() {
    return Stream.of(
        NatKind.FULL_CONE,
        NatKind.ADDRESS_RESTRICTED,
        NatKind.PORT_RESTRICTED,
        NatKind.SYMMETRIC,
        NatKind.SYMMETRIC_SEQUENTIAL);
  }

  @Test
  void whatOneHostContactedOpensNothingForAnother() throws Exception {
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"))) {
      Router home = lab.router("home", NatKind.ADDRESS_RESTRICTED);
      try (Udp alice = Udp.on(home.host("alice"));
          Udp carol = Udp.on(home.host("carol"))) {
        InetSocketAddress alices = alice.mappingTowards(one);
        InetSocketAddress carols = carol.mappingTowards(two);

        two.send("not for alice", alices);
        one.send("for alice", alices);
        one.send("not for carol", carols);
        two.send("for carol", carols);

        assertThat(alice.receiveUntil("for alice")).containsExactly("for alice");
        assertThat(carol.receiveUntil("for carol")).containsExactly("for carol");
      }
    }
  }

  @Test
  void anEarlyPacketFromOutsideDoesNotSpoilTheMapping() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.peer("alice", NatKind.PORT_RESTRICTED);
      try (Udp alice = Udp.on(host)) {
        InetSocketAddress expected = new InetSocketAddress(host.publicAddress(), alice.port());
        server.send("too early", expected);

        assertThat(alice.mappingTowards(server)).isEqualTo(expected);
      }
    }
  }
}
