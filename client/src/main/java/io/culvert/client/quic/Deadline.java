package io.culvert.client.quic;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Until when somebody waits. */
public final class Deadline {
  private final @Nullable Duration patience;
  private final long begin = System.nanoTime();

  /** From now on; null is for ever. */
  public Deadline(@Nullable Duration patience) {
    this.patience = patience;
  }

  /**
   * Waits until it is so; whoever makes it so signals the condition, whose lock the caller has.
   *
   * @param what has not happened, for a sentence
   * @throws SocketTimeoutException when the time is over
   */
  void await(Condition condition, BooleanSupplier so, String what)
      throws SocketTimeoutException, InterruptedException {
    while (!so.getAsBoolean()) {
      long left = remainingNanos();
      if (left <= 0) {
        throw over(what);
      }
      var _ = condition.awaitNanos(left);
    }
  }

  /** What is left, in nanoseconds; for ever is very long. */
  long remainingNanos() {
    return patience == null
        ? Long.MAX_VALUE
        : TimeUnit.NANOSECONDS.convert(patience) - (System.nanoTime() - begin);
  }

  /** What to throw when the time is over. */
  SocketTimeoutException over(String what) {
    long millis = patience == null ? Long.MAX_VALUE : patience.toMillis();
    return new SocketTimeoutException("%s within %d ms.".formatted(what, millis));
  }
}
