package io.culvert.server.account;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** How the threads of this package begin and end. */
final class Workers {
  private Workers() {}

  /** Numbered threads that do not keep the process alive. */
  static ThreadFactory named(String prefix) {
    return Thread.ofPlatform().name(prefix, 1).daemon().factory();
  }

  /** Lets them finish what is waiting, for a second at most. */
  static void stop(ExecutorService workers) {
    workers.shutdown();
    try {
      if (workers.awaitTermination(1, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.shutdownNow();
  }
}
