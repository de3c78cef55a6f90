package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.Pooling;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several outer addresses, and blocks of ports. */
@InLab
class PoolTest {
  static Stream<NatKind> kinds() {
    return Stream.of(
        NatKind.FULL_CONE,
        NatKind.PORT_RESTRICTED,
        NatKind.SYMMETRIC,
        NatKind.SYMMETRIC_SEQUENTIAL,
        NatKind.CARRIER_GRADE);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aPairedPoolGivesAHostOneAddressForEverything(NatKind kind) throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router carrier = lab.router("carrier", kind.withAddresses(3, Pooling.PAIRED));
      assertThat(carrier.outerAddresses()).hasSize(3);
      for (String name : List.of("alice", "carol")) {
        assertThat(addresses(mappings(carrier.host(name), server, 8)))
            .hasSize(1)
            .isSubsetOf(carrier.outerAddresses());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anArbitraryPoolGivesEachMappingTheNextAddress(NatKind kind) throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router carrier = lab.router("carrier", kind.withAddresses(3, Pooling.ARBITRARY));

      assertThat(addresses(mappings(carrier.host("alice"), server, 3)))
          .containsExactlyInAnyOrderElementsOf(carrier.outerAddresses());
    }
  }

  @Test
  void anEndpointIndependentMappingKeepsItsAddressOfAnArbitraryPool() throws Exception {
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"))) {
      Router carrier = lab.router("carrier", NatKind.FULL_CONE.withAddresses(2, Pooling.ARBITRARY));
      try (Udp alice = Udp.on(carrier.host("alice"));
          Udp other = Udp.on(carrier.host("carol"))) {
        InetSocketAddress mapping = alice.mappingTowards(one);
        InetSocketAddress others = other.mappingTowards(one);

        assertThat(others.getAddress()).isNotEqualTo(mapping.getAddress());
        assertThat(alice.mappingTowards(two)).isEqualTo(mapping);
        two.send("to alice", mapping);
        two.send("to carol", others);
        assertThat(alice.receive().text()).isEqualTo("to alice");
        assertThat(other.receive().text()).isEqualTo("to carol");
      }
    }
  }

  @Test
  void aSymmetricMappingOfAnArbitraryPoolComesFromAnotherAddressEachTime() throws Exception {
    try (Lab lab = Lab.open();
        Udp one = Udp.on(lab.host("one"));
        Udp two = Udp.on(lab.host("two"));
        Udp alice =
            Udp.on(lab.peer("alice", NatKind.SYMMETRIC.withAddresses(2, Pooling.ARBITRARY)))) {
      assertThat(alice.mappingTowards(one).getAddress())
          .isNotEqualTo(alice.mappingTowards(two).getAddress());
    }
  }

  @Test
  void neighboursMeetAtTheOuterAddressesOfAPool() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router carrier =
          lab.router(
              "carrier", NatKind.CARRIER_GRADE.withHairpin().withAddresses(2, Pooling.ARBITRARY));
      try (Udp alice = Udp.on(carrier.host("alice"));
          Udp carol = Udp.on(carrier.host("carol"))) {
        InetSocketAddress alices = alice.mappingTowards(server);
        InetSocketAddress carols = carol.mappingTowards(server);

        alice.send("hello", carols);
        assertThat(carol.receive()).isEqualTo(new Udp.Packet("hello", alices));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 2048})
  void eachSubscriberHasABlockOfPortsForItself(int size) throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router carrier =
          lab.router("carrier", NatKind.SYMMETRIC.withPortBlocks(size), "100.64.0.0/16");
      Router home = carrier.router("home", NatKind.PORT_RESTRICTED);

      List<Integer> homes = ports(mappings(home.host("alice"), server, 20));
      List<Integer> others = ports(mappings(carrier.host("carol"), server, 20));

      assertThat(homes).allMatch(port -> port >= 1024 && port < 1024 + size);
      assertThat(others).allMatch(port -> port >= 1024 + size && port < 1024 + 2 * size);
      // Towards several destinations one port may serve twice.
      assertThat(homes.stream().distinct()).hasSizeGreaterThan(10);
    }
  }

  @Test
  void whoComesTooLateForABlockReachesNobody() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router carrier = lab.router("carrier", NatKind.SYMMETRIC.withPortBlocks(16_384));
      for (int subscriber = 0; subscriber < 3; subscriber++) {
        try (Udp lucky = Udp.on(carrier.host("lucky"))) {
          assertThat((lucky.mappingTowards(server).getPort() - 1024) / 16_384)
              .isEqualTo(subscriber);
        }
      }
      try (Udp late = Udp.on(carrier.host("late"))) {
        late.send("lost", server);
        assertThat(server.receiveUntilSilence()).isEmpty();
      }
    }
  }

  @Test
  void twoHomesBehindOneCarrierMeetWhereItHasAHairpin() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router carrier = lab.router("carrier", NatKind.CARRIER_GRADE.withHairpin(), "100.64.0.0/16");
      Host one = carrier.router("home", NatKind.PORT_RESTRICTED, "192.168.1.0/24").host("alice");
      Host two = carrier.router("work", NatKind.PORT_RESTRICTED, "192.168.1.0/24").host("bob");
      try (Udp alice = Udp.on(one);
          Udp bob = Udp.on(two)) {
        assertThat(one.address()).isEqualTo(two.address());
        InetSocketAddress alices = alice.mappingTowards(server);
        InetSocketAddress bobs = bob.mappingTowards(server);
        assertThat(alices.getAddress()).isEqualTo(bobs.getAddress());

        alice.send("dies at bob's own router", bobs);
        bob.send("through", alices);
        assertThat(alice.receive()).isEqualTo(new Udp.Packet("through", bobs));
      }
    }
  }

  private static List<InetSocketAddress> mappings(Host host, Host server, int count)
      throws Exception {
    List<InetSocketAddress> mappings = new ArrayList<>();
    for (int socket = 0; socket < count; socket++) {
      try (Udp from = Udp.on(host);
          Udp to = Udp.on(server)) {
        mappings.add(from.mappingTowards(to));
      }
    }
    return mappings;
  }

  private static List<InetAddress> addresses(List<InetSocketAddress> mappings) {
    return mappings.stream().map(InetSocketAddress::getAddress).distinct().toList();
  }

  private static List<Integer> ports(List<InetSocketAddress> mappings) {
    return mappings.stream().map(InetSocketAddress::getPort).toList();
  }
}
