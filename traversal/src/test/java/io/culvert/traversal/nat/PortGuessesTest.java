package io.culvert.traversal.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.nat.NatProfile.Ports;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortGuessesTest {
  @Test
  void ofASequenceTheNextPortsComeFirst() {
    assertThat(guesses(new NatProfile(Ports.SEQUENTIAL, at(40_000, 40_003, 40_006), 3), 4))
        .containsExactly(40_009, 40_012, 40_015, 40_018);
  }

  @Test
  void whereAllPortsWereInOneBlockItIsSearchedFirst() {
    List<Integer> block =
        guesses(new NatProfile(Ports.RANDOM, at(2_100, 2_500, 2_800, 3_000), 0), 1024);

    assertThat(block)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(2048, 3072).boxed().toList())
        .isNotEqualTo(block.stream().sorted().toList());
  }

  @Test
  void allPortsAreGuessedInTheEndAndEachOnce() {
    assertThat(guesses(new NatProfile(Ports.RANDOM, at(2_100, 2_500, 2_800), 0), 64_512))
        .doesNotHaveDuplicates()
        .contains(1024, 65_535);
  }

  @Test
  void portsThatAreFarApartAreOfNoBlock() {
    assertThat(guesses(new NatProfile(Ports.RANDOM, at(2_100, 42_500, 12_800), 0), 100))
        .anyMatch(port -> port > 32_768)
        .anyMatch(port -> port < 32_768);
  }

  private static List<Integer> guesses(NatProfile nat, int count) {
    PortGuesses guesses = new PortGuesses(nat, new Random(1));
    return Stream.generate(guesses::next).limit(count).toList();
  }

  private static List<InetSocketAddress> at(int... ports) {
    return IntStream.of(ports)
        .mapToObj(port -> new InetSocketAddress("203.0.113.2", port))
        .toList();
  }
}
