package io.culvert.lab.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Tells what happens in a scene, a line a step, each with the time it took. */
final class Narrator {
  private final PrintStream out;

  Narrator(PrintStream out) {
    this.out = out;
  }

  void scene(String title) {
    out.printf("%n%s%n", title);
  }

  /** Takes the step and tells it; one that throws is told by whoever catches it. */
  <T> T step(String what, Callable<T> step) throws Exception {
    long start = System.nanoTime();
    T result = step.call();
    out.printf("  %8s  %s%n", show(Duration.ofNanos(System.nanoTime() - start)), what);
    return result;
  }

  void say(String what) {
    out.printf("  %8s  %s%n", "", what);
  }

  static String show(Duration time) {
    return time.compareTo(Duration.ofSeconds(10)) < 0
        ? time.toMillis() + " ms"
        : "%.1f s".formatted(time.toMillis() / 1000.0);
  }
}
