package io.culvert.server.account;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How often those who share a key may fail: some failures are free, each one after them doubles the
 * time to wait, from one second up to the pace; and one failure is forgotten each pace. In the long
 * run that is one failure a pace. Not thread-safe.
 */
final class FailureLimit<K> {
  /** So many keys are remembered, those that failed last; each takes up to half a kilobyte. */
  private static final int MAX_KEYS = 16_384;

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 30;

  private final RecentMap<K, Failures> failures = new RecentMap<>(MAX_KEYS);
  private final int free;
  private final Duration pace;

  FailureLimit(int free, Duration pace) {
    this.free = free;
    this.pace = pace;
  }

  /**
   * The failures of a key.
   *
   * @param count how many at the time of the last, less those forgotten by then
   */
  record Failures(double count, Instant last) {}

  /** One failure that has been counted, so that it can be taken back. */
  record Charge<K>(K key, @Nullable Failures before, Failures after) {}

  /** How long the key has to wait before it may try; zero when it may now. */
  Duration wait(K key, Instant now) {
    Failures known = failures.get(key);
    if (known == null || Math.round(known.count()) < free) {
      return Duration.ZERO;
    }
    long doublings = Math.min(MAX_DOUBLINGS, Math.round(known.count()) - free);
    Duration doubled = FIRST_WAIT.multipliedBy(1L << doublings);
    Duration wait = doubled.compareTo(pace) < 0 ? doubled : pace;
    Duration left = wait.minus(since(known, now));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Counts a failure. */
  Charge<K> charge(K key, Instant now) {
    Failures before = failures.get(key);
    Failures after = new Failures(before == null ? 1 : 1 + left(before, now), now);
    failures.put(key, after);
    return new Charge<>(key, before, after);
  }

  /** Takes a failure back. */
  void refund(Charge<K> charge) {
    failures.computeIfPresent(
        charge.key(),
        (_, known) -> {
          if (known.equals(charge.after())) {
            return charge.before();
          }
          return new Failures(Math.max(0, known.count() - 1), known.last());
        });
  }

  /** Forgets all failures of a key. */
  void forget(K key) {
    failures.remove(key);
  }

  private double left(Failures known, Instant now) {
    double forgotten = (double) since(known, now).toMillis() / pace.toMillis();
    return Math.max(0, known.count() - forgotten);
  }

  /** A clock that has been put back must not make anybody wait for it. */
  private static Duration since(Failures known, Instant now) {
    Duration since = Duration.between(known.last(), now);
    return since.isNegative() ? Duration.ZERO : since;
  }
}
