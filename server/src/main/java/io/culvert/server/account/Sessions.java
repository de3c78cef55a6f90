package io.culvert.server.account;

import io.culvert.server.account.SessionStore.Revocations;
import io.culvert.server.account.SessionStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that are in use, in memory; the rest is in the database. One thread reads the
 * database, so that a session which is revoked while it is looked up is either not found or found
 * to be revoked right after. Thread-safe.
 */
final class Sessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(250);
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

  /** As many as come back at once after a restart; SQLite needs half a second for them. */
  private static final int MAX_WAITING = 20_000;

  private final SessionStore store;
  private final StoreFailures failures;
  private final InstantSource clock;
  private final Map<String, Session> byId = new ConcurrentHashMap<>();
  private final List<Consumer<Session>> listeners = new CopyOnWriteArrayList<>();
  private final Semaphore room = new Semaphore(MAX_WAITING);
  private final ScheduledExecutorService storeThread =
      Executors.newSingleThreadScheduledExecutor(Workers.named("accounts-store-"));
  private long lastRevocation;
  private Instant nextSweep;

  private Sessions(
      SessionStore store, StoreFailures failures, InstantSource clock, long lastRevocation) {
    this.store = store;
    this.failures = failures;
    this.clock = clock;
    this.lastRevocation = lastRevocation;
    nextSweep = clock.instant();
  }

  static Sessions over(SessionStore store, StoreFailures failures, InstantSource clock)
      throws StoreException {
    Sessions sessions = new Sessions(store, failures, clock, store.revocationsSince(0).upTo());
    long interval = POLL_INTERVAL.toMillis();
    sessions.storeThread.scheduleWithFixedDelay(
        sessions::poll, interval, interval, TimeUnit.MILLISECONDS);
    return sessions;
  }

  void onRevoked(Consumer<Session> listener) {
    listeners.add(listener);
  }

  CompletableFuture<SessionResult> find(String token) {
    if (!Token.hasForm(token)) {
      return CompletableFuture.completedFuture(new SessionResult.Unknown());
    }
    String id = Token.id(token);
    Session session = byId.get(id);
    return session == null
        ? onStoreThread(() -> lookUp(token, id), new SessionResult.Unavailable())
        : CompletableFuture.completedFuture(
            session.expires().isAfter(clock.instant())
                ? new SessionResult.Live(session)
                : new SessionResult.Unknown());
  }

  private SessionResult lookUp(String token, String id) {
    try {
      Optional<Stored> found = store.find(id, clock.instant());
      if (found.isEmpty()) {
        return new SessionResult.Unknown();
      }
      Session session = new Session(token, found.get().account(), found.get().expires());
      byId.put(id, session);
      return new SessionResult.Live(session);
    } catch (StoreException e) {
      failures.tell(e);
      return new SessionResult.Unavailable();
    }
  }

  /** Ends a session without telling the listeners: who asks for it knows. */
  CompletableFuture<Boolean> end(String token) {
    if (!Token.hasForm(token)) {
      return CompletableFuture.completedFuture(true);
    }
    String id = Token.id(token);
    return onStoreThread(
        () -> {
          try {
            store.revoke(id);
            byId.remove(id);
            return true;
          } catch (StoreException e) {
            failures.tell(e);
            return false;
          }
        },
        false);
  }

  private <T> CompletableFuture<T> onStoreThread(Supplier<T> work, T unavailable) {
    if (!room.tryAcquire()) {
      return CompletableFuture.completedFuture(unavailable);
    }
    try {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return work.get();
            } finally {
              room.release();
            }
          },
          storeThread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(unavailable); // closed
    }
  }

  /** Looks for what is dead by now. */
  private void poll() {
    try {
      Revocations news = store.revocationsSince(lastRevocation);
      recheck(news.accounts());
      lastRevocation = news.upTo();
      Instant now = clock.instant();
      if (!now.isBefore(nextSweep)) {
        sweep(now);
        nextSweep = now.plus(SWEEP_INTERVAL);
      }
      failures.over();
    } catch (StoreException e) {
      failures.tell(e);
    } catch (RuntimeException e) {
      LOG.error("Dead tokens cannot be found out.", e);
    }
  }

  /** Looks again after the sessions of these accounts, or of all. */
  private void recheck(Optional<Set<String>> accounts) throws StoreException {
    Map<String, List<Map.Entry<String, Session>>> inQuestion =
        byId.entrySet().stream()
            .filter(
                entry -> accounts.isEmpty() || accounts.get().contains(entry.getValue().account()))
            .collect(Collectors.groupingBy(entry -> entry.getValue().account()));
    for (var sessionsOfOne : inQuestion.entrySet()) {
      Set<String> live = store.ids(sessionsOfOne.getKey());
      for (Map.Entry<String, Session> session : sessionsOfOne.getValue()) {
        if (!live.contains(session.getKey())) {
          byId.remove(session.getKey());
          tell(session.getValue());
        }
      }
    }
  }

  private void sweep(Instant now) throws StoreException {
    byId.forEach((id, session) -> {
      if (!session.expires().isAfter(now)) {
        byId.remove(id);
        tell(session);
      }
    });
    store.deleteExpired(now);
  }

  private void tell(Session session) {
    for (Consumer<Session> listener : listeners) {
      try {
        listener.accept(session);
      } catch (RuntimeException e) {
        LOG.error("A service does not take that a token is dead.", e);
      }
    }
  }

  /** Answers those who wait, and stops. */
  @Override
  public void close() {
    Workers.stop(storeThread);
  }
}
