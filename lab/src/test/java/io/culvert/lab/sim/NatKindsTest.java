package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Mapping;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** S91: every NAT is what its label says. */
class NatKindsTest {
  private static final List<Mapping> MAPPINGS =
      List.of(
          Mapping.ENDPOINT_INDEPENDENT,
          Mapping.ADDRESS_DEPENDENT,
          Mapping.ADDRESS_AND_PORT_DEPENDENT);
  private static final List<PortAllocation> ALLOCATIONS =
      List.of(
          new PortAllocation.Preserving(),
          new PortAllocation.Random(),
          new PortAllocation.Sequential(2),
          new PortAllocation.Block(512));

  private final World world = new World(91);
  private final Host server = world.host("server");
  private final Mailbox one = Mailbox.at(world, server, 1001);
  private final Mailbox samePlace = Mailbox.at(world, server, 1002);
  private final Mailbox elsewhere = Mailbox.at(world, world.host("elsewhere"), 1001);

  static Stream<Arguments> everyNat() {
    return MAPPINGS.stream()
        .flatMap(mapping ->
            Stream.of(Filtering.values())
                .flatMap(filtering ->
                    ALLOCATIONS.stream().map(ports -> Arguments.of(mapping, filtering, ports))));
  }

  @ParameterizedTest
  @MethodSource("everyNat")
  void itMapsAndFiltersAsItsLabelSays(Mapping mapping, Filtering filtering, PortAllocation ports) {
    NatBehavior nat =
        NatBehavior.PORT_RESTRICTED.withMapping(mapping).withFiltering(filtering).withPorts(ports);
    Mailbox alice = Mailbox.at(world, world.router("home", nat).host("alice"));

    InetSocketAddress first = alice.mappingTowards(one);
    elsewhere.send("from elsewhere", first);
    samePlace.send("from the same place", first);
    one.send("answer", first);
    assertThat(alice.texts())
        .containsExactlyInAnyOrderElementsOf(
            switch (filtering) {
              case ENDPOINT_INDEPENDENT ->
                  List.of("from elsewhere", "from the same place", "answer");
              case ADDRESS_DEPENDENT -> List.of("from the same place", "answer");
              case ADDRESS_AND_PORT_DEPENDENT -> List.of("answer");
            });

    InetSocketAddress second = alice.mappingTowards(samePlace);
    InetSocketAddress third = alice.mappingTowards(elsewhere);
    assertThat(alice.mappingTowards(one)).isEqualTo(first);
    assertThat(second.equals(first)).isEqualTo(mapping != Mapping.ADDRESS_AND_PORT_DEPENDENT);
    assertThat(third.equals(first)).isEqualTo(mapping == Mapping.ENDPOINT_INDEPENDENT);
  }

  static Stream<NatKind> kindsOfTheKernelLaboratory() {
    return Stream.of(
        NatKind.FULL_CONE,
        NatKind.ADDRESS_RESTRICTED,
        NatKind.PORT_RESTRICTED,
        NatKind.SYMMETRIC,
        NatKind.SYMMETRIC_SEQUENTIAL);
  }

  @ParameterizedTest
  @MethodSource("kindsOfTheKernelLaboratory")
  void theKindsOfTheKernelLaboratoryAreTheSameHere(NatKind kind) {
    Mailbox alice = Mailbox.at(world, world.router("home", NatBehavior.of(kind)).host("alice"));
    InetSocketAddress first = alice.mappingTowards(one);
    InetSocketAddress second = alice.mappingTowards(elsewhere);
    assertThat(first.equals(second)).isEqualTo(kind.mapping() == Mapping.ENDPOINT_INDEPENDENT);
    switch (kind.ports()) {
      case PRESERVING -> assertThat(first.getPort()).isEqualTo(alice.socket().port());
      case RANDOM -> assertThat(second.getPort() - first.getPort()).isNotEqualTo(1);
      case SEQUENTIAL -> assertThat(second.getPort() - first.getPort()).isEqualTo(1);
    }
  }

  @Test
  void noUdpPassesWhereItIsBlocked() {
    Mailbox alice = Mailbox.at(world, world.router("home", NatBehavior.UDP_BLOCKED).host("alice"));
    alice.send("hello", one.address());
    assertThat(one.texts()).isEmpty();
  }
}
