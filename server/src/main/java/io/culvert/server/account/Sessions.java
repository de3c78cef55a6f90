package io.culvert.server.account;

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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that are in use, in memory; the rest is in the database. A session that is revoked
 * while it is looked up is either not found or found to be revoked right after: see {@link
 * StoreThread}. Thread-safe.
 */
final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

  private final SessionStore store;
  private final StoreThread thread;
  private final InstantSource clock;
  private final Map<String, Session> byId = new ConcurrentHashMap<>();
  private final List<Consumer<Session>> listeners = new CopyOnWriteArrayList<>();
  private Instant nextSweep;

  Sessions(SessionStore store, StoreThread thread, InstantSource clock) {
    this.store = store;
    this.thread = thread;
    this.clock = clock;
    nextSweep = clock.instant();
    thread.tell(this::changed);
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
        ? thread.ask(() -> lookUp(token, id), new SessionResult.Unavailable())
        : CompletableFuture.completedFuture(
            session.expires().isAfter(clock.instant())
                ? new SessionResult.Live(session)
                : new SessionResult.Unknown());
  }

  private SessionResult lookUp(String token, String id) throws StoreException {
    Optional<Stored> found = store.find(id, clock.instant());
    if (found.isEmpty()) {
      return new SessionResult.Unknown();
    }
    Session session = new Session(token, found.get().account(), found.get().expires());
    byId.put(id, session);
    return new SessionResult.Live(session);
  }

  /** Ends a session without telling the listeners: who asks for it knows. */
  CompletableFuture<Boolean> end(String token) {
    if (!Token.hasForm(token)) {
      return CompletableFuture.completedFuture(true);
    }
    String id = Token.id(token);
    return thread.ask(
        () -> {
          store.revoke(id);
          byId.remove(id);
          return true;
        },
        false);
  }

  /** Looks for what is dead by now. */
  private void changed(Optional<Set<String>> accounts) throws StoreException {
    recheck(accounts);
    Instant now = clock.instant();
    if (!now.isBefore(nextSweep)) {
      sweep(now);
      nextSweep = now.plus(SWEEP_INTERVAL);
    }
  }

  /** Looks again after the sessions of these accounts, or of all. */
  private void recheck(Optional<Set<String>> accounts) throws StoreException {
    if (accounts.isPresent() && accounts.get().isEmpty()) {
      return;
    }
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
}
