package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.sim.SimSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RandomTopologyTest {
  private static final int MANY = 3000;

  @Test
  void inThousandsOfThemPacketsPassWhereTheOracleSaysSo() {
    for (long seed = 0; seed < MANY; seed++) {
      Topology topology = RandomTopology.of(seed);
      Encounter encounter = topology.build();
      boolean alice = reachesTheRelay(encounter, encounter.alice());
      boolean bob = reachesTheRelay(encounter, encounter.bob());
      assertThat(alice && bob).as("%s", topology).isEqualTo(Oracle.reachesServers(topology));
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

  private static boolean reachesTheRelay(Encounter encounter, Party party) {
    SimSocket socket = party.host().bind();
    List<InetSocketAddress> answers = new ArrayList<>();
    socket.onReceive((answer, _) -> PunchingPeer.mapped(answer).ifPresent(answers::add));
    for (int i = 0; i < 20; i++) {
      socket.send(PunchingPeer.bindingRequest(), encounter.relay().address());
    }
    return encounter.world().runUntil(() -> !answers.isEmpty(), Duration.ofSeconds(2));
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
