package io.culvert.server.account;

import io.culvert.server.account.SessionStore.Changes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that looks up what is kept in memory, and that reads which accounts have changed:
 * so what changes while it is looked up is told as changed right after. Thread-safe.
 */
final class StoreThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreThread.class);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

  /** As many as come back at once after a restart; SQLite needs half a second for them. */
  private static final int MAX_WAITING = 20_000;

  private final SessionStore store;
  private final StoreFailures failures;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private final Semaphore room = new Semaphore(MAX_WAITING);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Workers.named("accounts-store-"));
  private long lastChange;

  /** Who keeps in memory what the database may change. */
  @FunctionalInterface
  interface Follower {
    /**
     * Called on the thread, four times a second.
     *
     * @param accounts those that have changed since the last time, or nothing when nobody knows
     *     which: then it may have been all of them
     * @throws StoreException when the database fails; the same will be told again
     */
    void changed(Optional<Set<String>> accounts) throws StoreException;
  }

  private StoreThread(SessionStore store, StoreFailures failures, long lastChange) {
    this.store = store;
    this.failures = failures;
    this.lastChange = lastChange;
  }

  static StoreThread over(SessionStore store, StoreFailures failures) throws StoreException {
    StoreThread thread = new StoreThread(store, failures, store.changesSince(0).upTo());
    long interval = POLL_INTERVAL.toMillis();
    thread.thread.scheduleWithFixedDelay(thread::poll, interval, interval, TimeUnit.MILLISECONDS);
    return thread;
  }

  /** Tells somebody from now on; before they look anything up. */
  void tell(Follower follower) {
    followers.add(follower);
  }

  /** Work that asks the database. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws StoreException;
  }

  /**
   * Does something on the thread.
   *
   * @param unavailable the answer when the database fails, or when too many wait
   */
  <T> CompletableFuture<T> ask(Question<T> question, T unavailable) {
    if (!room.tryAcquire()) {
      return CompletableFuture.completedFuture(unavailable);
    }
    Supplier<T> answer =
        () -> {
          try {
            return question.ask();
          } catch (StoreException e) {
            failures.tell(e);
            return unavailable;
          } finally {
            room.release();
          }
        };
    try {
      return CompletableFuture.supplyAsync(answer, thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(unavailable); // closed
    }
  }

  private void poll() {
    try {
      Changes changes = store.changesSince(lastChange);
      for (Follower follower : followers) {
        follower.changed(changes.accounts());
      }
      lastChange = changes.upTo();
      failures.over();
    } catch (StoreException e) {
      failures.tell(e);
    } catch (RuntimeException e) {
      LOG.error("What has changed in the accounts cannot be found out.", e);
    }
  }

  /** Answers those who wait, and stops. */
  @Override
  public void close() {
    Workers.stop(thread);
  }
}
