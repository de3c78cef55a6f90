package io.culvert.lab.bench;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What is to be done when the JVM ends in the midst of a bench, the latest first: Ctrl-C lets
 * nobody get to the end of a try block. It may have been done already.
 */
final class AtExit implements AutoCloseable {
  private final Deque<Runnable> ends = new ConcurrentLinkedDeque<>();
  private final Thread hook = new Thread(() -> ends.forEach(Runnable::run), "bench-end");

  AtExit() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void run(Runnable end) {
    ends.push(end);
  }

  /** Nothing is left to be done. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends just now, and the hook does what is left.
    }
  }
}
