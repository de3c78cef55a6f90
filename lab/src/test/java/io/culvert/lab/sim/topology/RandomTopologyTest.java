package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RandomTopologyTest {
  private static final int MANY = 3000;

  @Test
  void thousandsOfThemBuildAndPassPackets() {
    for (long seed = 0; seed < MANY; seed++) {
      Topology topology = RandomTopology.of(seed);
      Encounter encounter = topology.build();
      PunchingPeer alice = new PunchingPeer(encounter.world(), encounter.alice());
      alice.gather(encounter.stun(), encounter.otherStun());
      encounter.world().runFor(Duration.ofSeconds(1));
      assertThat(encounter.world().fingerprint()).as("%s", topology).isNotZero();
      if (topology.alice().nats().stream().noneMatch(nat -> nat.blocksUdp())
          && !(topology.shape() instanceof Shape.SameOperator operator
              && operator.nat().blocksUdp())) {
        assertThat(alice.candidates().size())
            .as("%s", topology)
            .isGreaterThan(
                topology.alice().nats().isEmpty() && topology.shape() instanceof Shape.Apart
                    ? 0
                    : encounter.alice().host().addresses().size());
      }
      assertThat(encounter.world().internet().leaks()).as("%s", topology).isZero();
    }
  }

  @Test
  void oneSeedIsOneTopologyInOneLine() {
    Set<String> lines = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      String line = RandomTopology.of(seed).toString();
      assertThat(line).doesNotContain("\n").startsWith("seed " + seed + ": ");
      assertThat(RandomTopology.of(seed)).isEqualTo(RandomTopology.of(seed)).hasToString(line);
      lines.add(line);
    }
    assertThat(lines).hasSize(200);
  }

  @Test
  void twoRunsOfOneSeedAreTheSame() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(fingerprint(seed)).as("seed %d", seed).isEqualTo(fingerprint(seed));
    }
  }

  @Test
  void twoSeedsAreTwoRuns() {
    Set<Long> fingerprints = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      fingerprints.add(fingerprint(seed));
    }
    assertThat(fingerprints).hasSize(100);
  }

  @Test
  void everyShapeAndEveryReachIsAmongThem() {
    TreeMap<String, Integer> shapes = new TreeMap<>();
    TreeMap<Reach, Integer> reaches = new TreeMap<>();
    for (long seed = 0; seed < MANY; seed++) {
      Topology topology = RandomTopology.of(seed);
      shapes.merge(topology.shape().getClass().getSimpleName(), 1, Integer::sum);
      reaches.merge(Oracle.reach(topology), 1, Integer::sum);
    }
    assertThat(shapes).hasSize(4);
    assertThat(shapes.values()).allMatch(count -> count > MANY / 20);
    assertThat(reaches).hasSize(3);
    assertThat(reaches.values()).allMatch(count -> count > MANY / 20);
  }

  private static long fingerprint(long seed) {
    Encounter encounter = RandomTopology.of(seed).build();
    PunchingPeer alice = new PunchingPeer(encounter.world(), encounter.alice());
    PunchingPeer bob = new PunchingPeer(encounter.world(), encounter.bob());
    alice.gather(encounter.stun());
    bob.gather(encounter.stun());
    encounter.world().runFor(Duration.ofSeconds(1));
    alice.connectTo(bob);
    bob.connectTo(alice);
    encounter.world().runFor(Duration.ofSeconds(1));
    return encounter.world().fingerprint();
  }
}
