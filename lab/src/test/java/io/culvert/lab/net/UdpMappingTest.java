package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.net.NatKind.PortAllocation;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class UdpMappingTest {
  static Stream<NatKind> cones() {
    return Stream.of(NatKind.FULL_CONE, NatKind.ADDRESS_RESTRICTED, NatKind.PORT_RESTRICTED);
  }

  @ParameterizedTest
  @MethodSource("cones")
  void endpointIndependentMappingKeepsThePortForEveryDestination(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"))) {
      Host host = lab.peer("alice", kind);
      try (Udp alice = Udp.on(host)) {
        InetSocketAddress expected = new InetSocketAddress(host.publicAddress(), alice.port());
        assertThat(alice.mappingTowards(one)).isEqualTo(expected);
        assertThat(alice.mappingTowards(two)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cones")
  void hostsThatWantOnePortGetEachOneOfTheirOwnForEveryDestination(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"))) {
      Router home = lab.router("home", kind);
      try (Udp alice = Udp.on(home.host("alice"), 5000);
          Udp carol = Udp.on(home.host("carol"), 5000)) {
        InetSocketAddress alices = alice.mappingTowards(one);
        InetSocketAddress carols = carol.mappingTowards(two);

        assertThat(alices.getPort()).isEqualTo(5000);
        assertThat(carols).isNotEqualTo(alices);
        assertThat(alice.mappingTowards(two)).isEqualTo(alices);
        assertThat(carol.mappingTowards(one)).isEqualTo(carols);
        one.send("to alice", alices);
        one.send("to carol", carols);
        assertThat(alice.receive().text()).isEqualTo("to alice");
        assertThat(carol.receive().text()).isEqualTo("to carol");
      }
    }
  }

  @Test
  void aSymmetricRouterGivesEachDestinationAPortOfItsOwn() throws Exception {
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"));
        Udp alice = Udp.on(lab.peer("alice", NatKind.SYMMETRIC))) {
      int first = alice.mappingTowards(one).getPort();
      int second = alice.mappingTowards(two).getPort();

      assertThat(first).isNotIn(alice.port(), second);
      assertThat(alice.mappingTowards(one).getPort()).isEqualTo(first);
    }
  }

  @Test
  void aSymmetricRouterTellsPortsOfOneAddressApart() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      try (Udp one = Udp.on(server);
          Udp two = Udp.on(server);
          Udp alice = Udp.on(lab.peer("alice", NatKind.SYMMETRIC))) {
        assertThat(alice.mappingTowards(one)).isNotEqualTo(alice.mappingTowards(two));
      }
    }
  }

  @Test
  void aSequentialRouterGivesEachDestinationTheNextPort() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      try (Udp one = Udp.on(server);
          Udp two = Udp.on(server);
          Udp three = Udp.on(lab.host("another"));
          Udp alice = Udp.on(lab.peer("alice", NatKind.SYMMETRIC_SEQUENTIAL))) {
        int first = alice.mappingTowards(one).getPort();

        assertThat(alice.mappingTowards(two).getPort()).isEqualTo(first + 1);
        assertThat(alice.mappingTowards(three).getPort()).isEqualTo(first + 2);
        assertThat(alice.mappingTowards(one).getPort()).isEqualTo(first);
      }
    }
  }

  @Test
  void addressDependentMappingKeepsThePortForOneAddressOnly() throws Exception {
    NatKind kind =
        new NatKind(
            "address-dependent",
            Mapping.ADDRESS_DEPENDENT,
            Filtering.ADDRESS_DEPENDENT,
            PortAllocation.RANDOM,
            false,
            Firewall.DROPS_UNSOLICITED);
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      try (Udp one = Udp.on(server);
          Udp two = Udp.on(server);
          Udp other = Udp.on(lab.host("another"));
          Udp alice = Udp.on(lab.peer("alice", kind))) {
        InetSocketAddress first = alice.mappingTowards(one);

        assertThat(alice.mappingTowards(two)).isEqualTo(first);
        assertThat(alice.mappingTowards(other)).isNotEqualTo(first);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("strangePorts")
  void endpointIndependentMappingHoldsForPortsThatAreNotPreserved(PortAllocation ports)
      throws Exception {
    NatKind kind =
        new NatKind(
            "endpoint-independent " + ports,
            Mapping.ENDPOINT_INDEPENDENT,
            Filtering.ADDRESS_AND_PORT_DEPENDENT,
            ports,
            false,
            Firewall.DROPS_UNSOLICITED);
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"));
        Udp alice = Udp.on(lab.peer("alice", kind))) {
      InetSocketAddress first = alice.mappingTowards(one);

      assertThat(first.getPort()).isNotEqualTo(alice.port());
      assertThat(alice.mappingTowards(two)).isEqualTo(first);
    }
  }

  static Stream<PortAllocation> strangePorts() {
    return Stream.of(PortAllocation.RANDOM, PortAllocation.SEQUENTIAL);
  }
}
