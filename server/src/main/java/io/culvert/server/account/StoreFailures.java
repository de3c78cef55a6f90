package io.culvert.server.account;

import io.culvert.server.net.OnceAMinute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator that the database fails, at most once a minute: each login can find it out
 * anew. Thread-safe.
 */
final class StoreFailures {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);

  private final OnceAMinute telling = new OnceAMinute();
  private boolean failing;

  synchronized void tell(StoreException e) {
    failing = true;
    if (telling.isDue()) {
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
