package io.culvert.server.account;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator that the database fails, at most once a minute: each login can find it out
 * anew. Thread-safe.
 */
final class StoreFailures {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private long lastNanos = System.nanoTime() - QUIET_NANOS;
  private boolean failing;

  synchronized void tell(StoreException e) {
    failing = true;
    if (System.nanoTime() - lastNanos >= QUIET_NANOS) {
      lastNanos = System.nanoTime();
      LOG.error("Accounts: {}", e.getMessage());
    }
  }

  /** What has failed before has worked now. */
  synchronized void over() {
    if (failing) {
      failing = false;
      LOG.info("Accounts: the database answers again.");
    }
  }
}
