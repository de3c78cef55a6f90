package io.culvert.lab;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What happens to somebody, in order, for a test that waits for it. */
public final class Arrivals<T> {
  private static final int LIMIT_SECONDS = 30;

  private final String what;
  private final BlockingQueue<T> queue = new LinkedBlockingQueue<>();

  /** Of a thing that is called so when it does not come. */
  public Arrivals(String what) {
    this.what = what;
  }

  /** Here is one. */
  public void add(T arrival) {
    queue.add(arrival);
  }

  /** The next one, waiting for it. */
  public T next() throws InterruptedException {
    T next = queue.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no " + what + " within " + LIMIT_SECONDS + " s");
    }
    return next;
  }

  /** Forgets those that nobody has waited for. */
  public void forget() {
    queue.clear();
  }

  /** How many have come that nobody has waited for. */
  public int waiting() {
    return queue.size();
  }
}
