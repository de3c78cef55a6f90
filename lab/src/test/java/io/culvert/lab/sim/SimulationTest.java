package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private final Simulation simulation = new Simulation(1);
  private final List<String> log = new ArrayList<>();

  @Test
  void eventsHappenInTheOrderOfTimeAndThenOfScheduling() {
    simulation.schedule(Duration.ofSeconds(2), () -> log.add("second"));
    simulation.schedule(Duration.ofSeconds(1), () -> log.add("first"));
    simulation.schedule(Duration.ofSeconds(2), () -> log.add("third"));
    simulation.runFor(Duration.ofSeconds(3));
    assertThat(log).containsExactly("first", "second", "third");
  }

  @Test
  void anEventHappensAtItsTime() {
    simulation.schedule(Duration.ofMillis(1500), () -> log.add(simulation.elapsed().toString()));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(log).containsExactly("PT1.5S");
    assertThat(simulation.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void whatIsDueLaterDoesNotHappenYet() {
    simulation.schedule(Duration.ofSeconds(2), () -> log.add("late"));
    simulation.runFor(Duration.ofMillis(1999));
    assertThat(log).isEmpty();
    simulation.runFor(Duration.ofMillis(1));
    assertThat(log).containsExactly("late");
  }

  @Test
  void whatIsCancelledDoesNotHappen() {
    Simulation.Event event = simulation.schedule(Duration.ofSeconds(1), () -> log.add("never"));
    event.cancel();
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(log).isEmpty();
    assertThat(simulation.events()).isZero();
  }

  @Test
  void whatIsScheduledForThePastHappensNow() {
    simulation.runFor(Duration.ofSeconds(1));
    simulation.schedule(Simulation.START, () -> log.add(simulation.elapsed().toString()));
    simulation.runFor(Duration.ZERO);
    assertThat(log).containsExactly("PT1S");
  }

  @Test
  void aRunEndsAsSoonAsItsConditionHolds() {
    simulation.schedule(Duration.ofSeconds(1), () -> log.add("one"));
    simulation.schedule(Duration.ofSeconds(2), () -> log.add("two"));
    assertThat(simulation.runUntil(() -> !log.isEmpty(), Duration.ofSeconds(9))).isTrue();
    assertThat(log).containsExactly("one");
    assertThat(simulation.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aRunWhoseConditionNeverHoldsEndsAtItsLimit() {
    assertThat(simulation.runUntil(() -> false, Duration.ofSeconds(9))).isFalse();
    assertThat(simulation.elapsed()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void aSimulationThatGoesRoundForEverFailsAndNamesItsSeed() {
    Simulation endless = new Simulation(42, 1000);
    endless.schedule(Duration.ZERO, () -> again(endless));
    assertThatThrownBy(() -> endless.runFor(Duration.ofDays(1)))
        .isInstanceOf(SimulationException.class)
        .hasMessage("Seed 42: 1000 events by PT0.999S, so something goes round for ever.");
  }

  @Test
  void theChanceOfOnePartDoesNotDependOnOtherParts() {
    long alone = new Simulation(7).random("alice").nextLong();
    Simulation crowd = new Simulation(7);
    crowd.random("bob").nextLong();
    crowd.random("carol").nextLong();
    assertThat(crowd.random("alice").nextLong()).isEqualTo(alone);
  }

  @Test
  void partsAndSeedsHaveDifferentChances() {
    Simulation seven = new Simulation(7);
    assertThat(
            List.of(
                seven.random("alice").nextLong(),
                seven.random("bob").nextLong(),
                new Simulation(8).random("alice").nextLong()))
        .doesNotHaveDuplicates();
  }

  @Test
  void twoPartsCannotHaveOneName() {
    simulation.random("alice");
    assertThatThrownBy(() -> simulation.random("alice"))
        .hasMessageContaining("choose another name");
  }

  private static void again(Simulation endless) {
    endless.schedule(Duration.ofMillis(1), () -> again(endless));
  }
}
