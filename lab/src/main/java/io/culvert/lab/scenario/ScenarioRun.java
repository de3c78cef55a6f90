package io.culvert.lab.scenario;

import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Venue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Plays scenarios, each in a laboratory of its own and for a limited time. */
public final class ScenarioRun {
  /** They mostly wait. */
  private static final int SIDE_BY_SIDE = 2;

  private static final Duration LONGEST = Duration.ofSeconds(100);

  private final Consumer<Outcome> listener;

  /**
   * A run of nothing yet.
   *
   * @param listener told of each scenario when it is over, by one thread at a time
   */
  public ScenarioRun(Consumer<Outcome> listener) {
    this.listener = listener;
  }

  /**
   * Plays them and returns what has come of them, in the same order.
   *
   * @throws Exception when not even the accounts can be made
   */
  public List<Outcome> play(List<Scenario.Built> scenarios) throws Exception {
    try (Accounts accounts = Accounts.make();
        ExecutorService stages = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        ExecutorService players = Executors.newCachedThreadPool()) {
      List<Future<Outcome>> playing = new ArrayList<>();
      for (Scenario.Built scenario : scenarios) {
        playing.add(stages.submit(() -> tell(play(scenario, accounts, players))));
      }
      try {
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<Outcome> each : playing) {
          outcomes.add(each.get());
        }
        return outcomes;
      } finally {
        stages.shutdownNow();
        players.shutdownNow();
      }
    }
  }

  private Outcome tell(Outcome outcome) {
    synchronized (listener) {
      listener.accept(outcome);
    }
    return outcome;
  }

  private static Outcome play(Scenario.Built scenario, Accounts accounts, ExecutorService players)
      throws InterruptedException {
    long start = System.nanoTime();
    Future<String> play = players.submit(() -> play(scenario, accounts));
    boolean ok = false;
    String seen;
    try {
      seen = play.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
      ok = true;
    } catch (TimeoutException e) {
      play.cancel(true);
      seen = "It was not over after %d s.".formatted(LONGEST.toSeconds());
    } catch (ExecutionException e) {
      seen = sentence(Objects.requireNonNullElse(e.getCause(), e));
    }
    return new Outcome(scenario, ok, seen, Duration.ofNanos(System.nanoTime() - start));
  }

  private static String play(Scenario.Built scenario, Accounts accounts) throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      return scenario.play().in(venue);
    }
  }

  private static String sentence(Throwable why) {
    return Objects.requireNonNullElse(why.getMessage(), why.toString());
  }
}
