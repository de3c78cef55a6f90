package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private final Simulation simulation = new Simulation(1);
  private final List<Duration> rings = new ArrayList<>();
  private final Alarm alarm = new Alarm(simulation, () -> rings.add(simulation.elapsed()));

  @Test
  void itRingsOnceAtTheDeadline() {
    set(2);
    set(2);
    simulation.runFor(Duration.ofSeconds(9));
    assertThat(rings).containsExactly(Duration.ofSeconds(2));
  }

  @Test
  void aNewDeadlineReplacesTheOldOne() {
    set(2);
    set(5);
    set(3);
    simulation.runFor(Duration.ofSeconds(9));
    assertThat(rings).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void withoutADeadlineItIsSilent() {
    set(2);
    alarm.set(Optional.empty());
    simulation.runFor(Duration.ofSeconds(9));
    assertThat(rings).isEmpty();
  }

  @Test
  void itRingsAgainWhenItIsSetAgain() {
    set(2);
    simulation.runFor(Duration.ofSeconds(3));
    set(5);
    simulation.runFor(Duration.ofSeconds(3));
    assertThat(rings).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(5));
  }

  private void set(int seconds) {
    alarm.set(Optional.of(Simulation.START.plusSeconds(seconds)));
  }
}
