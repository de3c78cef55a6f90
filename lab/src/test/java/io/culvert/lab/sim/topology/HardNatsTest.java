package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Quality;
import io.culvert.traversal.ice.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often, and how soon, NATs are passed that give every destination a port of its own. */
class HardNatsTest {
  private static final int NETWORKS = 60;

  @Test
  void oneSymmetricNatIsPassedByBirthday() {
    List<Duration> times = times(NatBehavior.SYMMETRIC, NatBehavior.PORT_RESTRICTED);
    System.out.println("birthday " + times.size() + " median " + times.get(times.size() / 2));
    assertThat(times).hasSizeGreaterThan(NETWORKS * 95 / 100);
    assertThat(times.get(times.size() / 2)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void aRouterThatAnswersIsNotInTheWayOfThat() {
    NatBehavior answering = NatBehavior.PORT_RESTRICTED.answering();
    assertThat(times(NatBehavior.SYMMETRIC, answering)).hasSizeGreaterThan(NETWORKS * 95 / 100);
    assertThat(times(answering, NatBehavior.SYMMETRIC_SEQUENTIAL)).hasSize(NETWORKS);
  }

  @Test
  void oneThatCountsIsPassedAtOnce() {
    List<Duration> times = times(NatBehavior.PORT_RESTRICTED, NatBehavior.SYMMETRIC_SEQUENTIAL);
    System.out.println("sequential " + times.size() + " median " + times.get(times.size() / 2));
    assertThat(times).hasSize(NETWORKS);
    assertThat(times.get(times.size() / 2)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void twoThatCountMeet() {
    List<Duration> times =
        times(NatBehavior.SYMMETRIC_SEQUENTIAL, NatBehavior.SYMMETRIC_SEQUENTIAL);
    System.out.println("both " + times.size() + " median " + times.get(times.size() / 2));
    assertThat(times).hasSizeGreaterThan(NETWORKS * 90 / 100);
    assertThat(times.get(times.size() * 9 / 10)).isLessThan(Duration.ofSeconds(5));
  }

  /** Of those that succeed, in ascending order. */
  private static List<Duration> times(NatBehavior alices, NatBehavior bobs) {
    List<Duration> times = new ArrayList<>();
    for (int seed = 0; seed < NETWORKS; seed++) {
      Quality access = Quality.delayMillis(12.5);
      Encounter encounter =
          Topology.apart(
                  seed,
                  Side.behind(alices).withAccess(access),
                  Side.behind(bobs).withAccess(access))
              .build();
      IcePeerOnPaper alice = new IcePeerOnPaper(encounter, encounter.alice(), Role.CONTROLLING);
      IcePeerOnPaper bob = new IcePeerOnPaper(encounter, encounter.bob(), Role.CONTROLLED);
      alice.gather();
      bob.gather();
      encounter.world().runFor(Duration.ofSeconds(3));
      alice.call(bob);
      bob.call(alice);
      encounter.world().runFor(Duration.ofMillis(700));
      alice.survey();
      bob.survey();
      encounter.world().runFor(Duration.ofMillis(400));
      alice.searchHarder(bob);
      bob.searchHarder(alice);
      if (encounter
          .world()
          .runUntil(() -> alice.hasDirectWay() && bob.hasDirectWay(), Duration.ofSeconds(18))) {
        times.add(encounter.world().simulation().elapsed().minusSeconds(3));
      }
      alice.close();
      bob.close();
    }
    Collections.sort(times);
    return times;
  }
}
