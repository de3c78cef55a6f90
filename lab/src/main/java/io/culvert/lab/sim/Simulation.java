package io.culvert.lab.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Virtual time: a queue of what is going to happen, and the chance in it. The seed alone decides
 * what happens; of two events of one instant the one that was scheduled first happens first.
 *
 * <p>Not thread-safe.
 */
public final class Simulation {
  /** When every simulation begins. */
  public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  /** More events than any sensible run has. */
  public static final long MAX_EVENTS = 50_000_000;

  /** Something that is going to happen. */
  public static final class Event {
    private final Instant at;
    private final long number;
    private final Runnable task;
    private boolean cancelled;

    private Event(Instant at, long number, Runnable task) {
      this.at = at;
      this.number = number;
      this.task = task;
    }

    /** It will not happen; no effect when it has. */
    public void cancel() {
      cancelled = true;
    }
  }

  private final long seed;
  private final long maxEvents;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          Comparator.comparing((Event event) -> event.at).thenComparingLong(event -> event.number));
  private final Set<String> parts = new HashSet<>();
  private Instant now = START;
  private long scheduled;
  private long happened;

  public Simulation(long seed) {
    this(seed, MAX_EVENTS);
  }

  /**
   * A simulation that does not run for ever.
   *
   * @param maxEvents after which {@link #runUntil} gives up, 1 or more
   */
  public Simulation(long seed, long maxEvents) {
    this.seed = seed;
    this.maxEvents = maxEvents;
  }

  public long seed() {
    return seed;
  }

  public Instant now() {
    return now;
  }

  /** Since the beginning. */
  public Duration elapsed() {
    return Duration.between(START, now);
  }

  /** How many events there have been. */
  public long events() {
    return happened;
  }

  /**
   * The chance of one part of the world. It depends on the seed and the part's name only, so that
   * one part more changes nothing for the others.
   *
   * @throws IllegalArgumentException when another part has that name
   */
  public SplittableRandom random(String part) {
    if (!parts.add(part)) {
      throw new IllegalArgumentException("There is a '" + part + "' already: choose another name.");
    }
    long name = 0xcbf29ce484222325L; // FNV-1a
    for (int i = 0; i < part.length(); i++) {
      name = (name ^ part.charAt(i)) * 0x100000001b3L;
    }
    return new SplittableRandom(new SplittableRandom(seed).nextLong() ^ name);
  }

  /** Lets it happen at that time, or now if that is past. */
  public Event schedule(Instant at, Runnable task) {
    Event event = new Event(at.isBefore(now) ? now : at, scheduled++, task);
    queue.add(event);
    return event;
  }

  /** Lets it happen that much later. */
  public Event schedule(Duration later, Runnable task) {
    return schedule(now.plus(later), task);
  }

  /**
   * Lets everything happen that is due by then; then it is that time.
   *
   * @throws SimulationException when there are too many events
   */
  public void runUntil(Instant end) {
    runUntil(() -> false, Duration.between(now, end));
  }

  /**
   * Lets everything happen for that long.
   *
   * @throws SimulationException when there are too many events
   */
  public void runFor(Duration duration) {
    runUntil(now.plus(duration));
  }

  /**
   * Lets things happen until the condition holds, looking after each of them, and no longer than
   * that.
   *
   * @return whether the condition holds
   * @throws SimulationException when there are too many events
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    Instant end = now.plus(limit);
    while (!condition.getAsBoolean()) {
      Event next = queue.peek();
      if (next == null || next.at.isAfter(end)) {
        now = end.isAfter(now) ? end : now;
        return false;
      }
      queue.remove();
      if (!next.cancelled) {
        happen(next);
      }
    }
    return true;
  }

  private void happen(Event event) {
    if (happened == maxEvents) {
      throw new SimulationException(
          "Seed %d: %d events by %s, so something goes round for ever."
              .formatted(seed, maxEvents, elapsed()));
    }
    happened++;
    now = event.at;
    event.task.run();
  }
}
