package io.culvert.traversal.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.nat.NatObservations.Sighting;
import io.culvert.traversal.nat.NatProfile.Ports;
import io.culvert.wire.ice.NatSightings.Mapping;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NatObservationsTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.1", 3478);
  private static final InetSocketAddress OTHER = new InetSocketAddress("203.0.113.9", 3479);

  private final NatObservations observations = new NatObservations(5000);

  @Test
  void withoutAnAnswerNothingIsKnown() {
    assertThat(profile()).isEqualTo(NatProfile.UNKNOWN);
  }

  @Test
  void whoKeepsPortsKeepsThemForEverybody() {
    observations.usual(SERVER, at(5000));
    fresh(6001, 6001, 6100, 6100);

    assertThat(profile()).isEqualTo(new NatProfile(Ports.INDEPENDENT, List.of(at(5000)), 0));
  }

  @Test
  void whoIsSeenAtOnePlaceByTwoIsThereForAll() {
    observations.usual(SERVER, at(40_000));
    observations.usual(OTHER, at(40_000));

    assertThat(profile()).isEqualTo(new NatProfile(Ports.INDEPENDENT, List.of(at(40_000)), 0));
  }

  @Test
  void aPeerMayBeTheSecondOne() {
    observations.usual(SERVER, at(40_000));

    assertThat(observations.sightings(List.of(at(40_000))).mapping())
        .isEqualTo(Mapping.INDEPENDENT);
    assertThat(observations.sightings(List.of(at(40_001))).mapping()).isEqualTo(Mapping.DEPENDENT);
    assertThat(observations.sightings(List.of()).mapping()).isEqualTo(Mapping.UNKNOWN);
  }

  @Test
  void portsInARowAreASequence() {
    observations.usual(SERVER, at(40_000));
    observations.usual(OTHER, at(40_001));
    fresh(6001, 40_012, 6002, 40_013, 6003, 40_014, 6004, 40_015);

    NatProfile profile = profile();
    assertThat(profile.ports()).isEqualTo(Ports.SEQUENTIAL);
    assertThat(profile.delta()).isEqualTo(1);
    assertThat(profile.last()).isEqualTo(at(40_015));
  }

  @Test
  void othersMayComeBetween() {
    fresh(6001, 40_006, 6002, 40_002, 6003, 39_992, 6004, 39_988);

    assertThat(profile().delta()).isEqualTo(-2);
  }

  @Test
  void portsThatGoUpAndDownAreNone() {
    fresh(6001, 40_012, 6002, 40_014, 6003, 40_013, 6004, 40_015);

    assertThat(profile().ports()).isEqualTo(Ports.RANDOM);
  }

  @Test
  void twoPortsThatAreNeighboursMayBeSoByChance() {
    fresh(6001, 40_012, 6002, 40_013);

    assertThat(profile().ports()).isEqualTo(Ports.RANDOM);
  }

  @Test
  void whatWasKnownIsForgottenWithTheRouter() {
    observations.usual(SERVER, at(40_000));
    observations.usual(OTHER, at(40_001));

    assertThat(observations.usual(SERVER, at(40_000))).isFalse();
    assertThat(observations.usual(SERVER, at(5000))).isTrue();
    assertThat(profile()).isEqualTo(new NatProfile(Ports.INDEPENDENT, List.of(at(5000)), 0));
  }

  @Test
  void ipv6HasNothingToDoWithIt() {
    observations.usual(SERVER, new InetSocketAddress("2001:db8::5", 5000));

    assertThat(profile()).isEqualTo(NatProfile.UNKNOWN);
  }

  private NatProfile profile() {
    return NatProfile.of(observations.sightings(List.of()));
  }

  private void fresh(int... portsAndMapped) {
    observations.fresh(
        IntStream.range(0, portsAndMapped.length / 2)
            .mapToObj(i -> new Sighting(portsAndMapped[2 * i], at(portsAndMapped[2 * i + 1])))
            .toList());
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress("203.0.113.2", port);
  }
}
