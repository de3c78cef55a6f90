package io.culvert.lab.sim;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Wakes a state machine at its next deadline, of which it has one at a time. Not thread-safe. */
public final class Alarm {
  private final Simulation simulation;
  private final Runnable task;
  private Simulation.@Nullable Event pending;
  private Instant due = Instant.MAX;

  public Alarm(Simulation simulation, Runnable task) {
    this.simulation = simulation;
    this.task = task;
  }

  /** From now on that is the deadline; there is none when it is empty. */
  public void set(Optional<Instant> deadline) {
    Instant at = deadline.orElse(Instant.MAX);
    if (at.equals(due)) {
      return;
    }
    if (pending != null) {
      pending.cancel();
    }
    due = at;
    pending = deadline.map(instant -> simulation.schedule(instant, this::ring)).orElse(null);
  }

  private void ring() {
    due = Instant.MAX;
    pending = null;
    task.run();
  }
}
