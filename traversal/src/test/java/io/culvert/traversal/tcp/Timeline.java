package io.culvert.traversal.tcp;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** Virtual time: it jumps from one thing that is to happen to the next. */
final class Timeline {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private record Task(Instant at, long number, Runnable what) {}

  private final Queue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::at).thenComparingLong(Task::number));
  private Instant now = START;
  private long number;

  Instant now() {
    return now;
  }

  Duration passed() {
    return Duration.between(START, now);
  }

  void after(Duration delay, Runnable what) {
    at(now.plus(delay), what);
  }

  void at(Instant when, Runnable what) {
    tasks.add(new Task(when.isAfter(now) ? when : now, number++, what));
  }

  /** Goes on until nothing is to happen any more. */
  void run() {
    for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
      now = task.at();
      task.what().run();
    }
  }
}
