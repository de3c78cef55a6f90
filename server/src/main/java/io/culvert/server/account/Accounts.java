package io.culvert.server.account;

import io.culvert.server.account.LoginThrottle.Origin;
import io.culvert.server.account.SessionStore.Credentials;
import io.culvert.server.account.SessionStore.Stored;
import io.culvert.server.account.TurnSeal.Sealed;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.Party;
import io.culvert.server.net.ServerStartException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Login and tokens of one server. Thread-safe; nothing here blocks, so an event loop may call all
 * of it but {@link #open} and {@link #close}. No future ever fails; they complete on a worker
 * thread, or have completed when they are returned.
 */
public final class Accounts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  private final Database database;
  private final SessionStore store;
  private final StoreFailures failures = new StoreFailures();
  private final TurnSeal seal;
  private final StoreThread storeThread;
  private final Sessions sessions;
  private final TurnAccounts turn;
  private final Duration tokenLife;
  private final InstantSource clock;
  private final LoginThrottle throttle;
  private final PasswordTest passwordTest;
  private final ThreadPoolExecutor hashers;
  private volatile boolean closed;

  /**
   * How passwords are tested.
   *
   * @param matches whether a password is that of a hash; takes its time
   * @param nobody the hash that stands in for that of an account that does not exist: testing
   *     against it takes as long, and is never right
   * @param threads how many are tested at a time
   * @param waiting how many more may wait for their turn
   */
  record PasswordTest(
      BiPredicate<String, String> matches, String nobody, int threads, int waiting) {
    /** A hash takes some 60 ms: whoever is last in the queue waits for three seconds. */
    private static final int WAITING_PER_THREAD = 50;

    /** Half of the processors: the other half is for those who are logged in already. */
    static PasswordTest real() {
      int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
      return new PasswordTest(
          PasswordHash::matches,
          PasswordHash.of(Token.random()),
          threads,
          threads * WAITING_PER_THREAD);
    }
  }

  private Accounts(
      Database database,
      TurnSeal seal,
      Duration tokenLife,
      InstantSource clock,
      PasswordTest passwordTest)
      throws StoreException {
    this.database = database;
    this.seal = seal;
    this.tokenLife = tokenLife;
    this.clock = clock;
    this.passwordTest = passwordTest;
    store = new SessionStore(database);
    throttle = new LoginThrottle(clock);
    store
        .origins(LoginThrottle.MAX_KNOWN)
        .forEach(origin ->
            throttle.remember(
                new Origin(origin.account(), new Party(InetAddress.ofLiteral(origin.source())))));
    hashers =
        new ThreadPoolExecutor(
            passwordTest.threads(),
            passwordTest.threads(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(passwordTest.waiting()),
            Workers.named("accounts-login-"));
    storeThread = StoreThread.over(store, failures);
    sessions = new Sessions(store, storeThread, clock);
    turn = new TurnAccounts(database, seal, storeThread);
  }

  /**
   * Opens the accounts of a server; where there are none, makes an empty database.
   *
   * @param data the data directory, which is made if need be
   * @param realm of TURN
   * @param tokenLife how long a login is good for
   * @throws ServerStartException when that is impossible
   */
  public static Accounts open(Path data, StoreConfig store, String realm, Duration tokenLife)
      throws ServerStartException {
    return open(data, store, realm, tokenLife, InstantSource.system(), PasswordTest.real());
  }

  static Accounts open(
      Path data,
      StoreConfig store,
      String realm,
      Duration tokenLife,
      InstantSource clock,
      PasswordTest passwordTest)
      throws ServerStartException {
    Database database = Database.open(data, store);
    try {
      return new Accounts(database, TurnSeal.keptIn(data, realm), tokenLife, clock, passwordTest);
    } catch (ServerStartException e) {
      database.close();
      throw e;
    } catch (StoreException e) {
      database.close();
      throw new ServerStartException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Where the accounts are, for people. */
  public String where() {
    return database.where();
  }

  /**
   * Logs in, if account and password are right.
   *
   * @param from the address the login comes from; too many failures there make it wait
   */
  public CompletableFuture<LoginResult> login(String account, String password, InetAddress from) {
    if (!AccountName.isName(account) || !PasswordHash.isPassword(password)) {
      return CompletableFuture.completedFuture(new LoginResult.Refused());
    }
    return switch (throttle.admit(new Origin(account, Party.of(from)))) {
      case LoginThrottle.Wait(Duration time) ->
          CompletableFuture.completedFuture(new LoginResult.TooManyAttempts(time));
      case LoginThrottle.Attempt attempt -> whenThereIsTime(password, attempt);
    };
  }

  private CompletableFuture<LoginResult> whenThereIsTime(
      String password, LoginThrottle.Attempt attempt) {
    try {
      return CompletableFuture.supplyAsync(() -> logIn(password, attempt), hashers);
    } catch (RejectedExecutionException e) {
      attempt.withdrawn();
      return CompletableFuture.completedFuture(new LoginResult.Busy());
    }
  }

  private LoginResult logIn(String password, LoginThrottle.Attempt attempt) {
    if (closed) {
      return new LoginResult.Busy();
    }
    try {
      Optional<Session> session = attempt(password, attempt.origin());
      if (session.isEmpty()) {
        return new LoginResult.Refused();
      }
      attempt.succeeded();
      return new LoginResult.Accepted(session.get());
    } catch (StoreException e) {
      attempt.withdrawn();
      failures.tell(e);
      return new LoginResult.Unavailable();
    } catch (RuntimeException e) {
      attempt.withdrawn();
      LOG.error("A login could not be handled.", e);
      return new LoginResult.Unavailable();
    }
  }

  /** Does the same, in the same time, whether the account is unknown, disabled or not the guess. */
  private Optional<Session> attempt(String password, Origin origin) throws StoreException {
    Optional<Credentials> credentials = store.credentials(origin.account());
    boolean matches =
        passwordTest
            .matches()
            .test(
                password, credentials.map(Credentials::passwordHash).orElse(passwordTest.nobody()));
    if (credentials.isEmpty() || credentials.get().disabled() || !matches) {
      return Optional.empty();
    }
    Instant now = Instant.ofEpochMilli(clock.millis()); // the database keeps no more than that
    Session session = new Session(Token.random(), origin.account(), now.plus(tokenLife));
    boolean created =
        store.create(
            credentials.get(),
            newTurnKeys(credentials.get(), password),
            Stored.of(session),
            origin.party().toString(),
            now);
    return created ? Optional.of(session) : Optional.empty();
  }

  /** Those of an account that has none yet, or has them for another realm or with another seal. */
  private Optional<Sealed> newTurnKeys(Credentials credentials, String password) {
    return seal.isStale(credentials.turn(), credentials.account(), password)
        ? seal.seal(credentials.account(), password)
        : Optional.empty();
  }

  /** The session of a token, from memory if it is in use, else from the database. */
  public CompletableFuture<SessionResult> session(String token) {
    return sessions.find(token);
  }

  /**
   * Ends a session: its token is dead from the moment the future completes.
   *
   * @return false when the database cannot be used at the moment; the token lives on then
   */
  public CompletableFuture<Boolean> logout(String token) {
    return sessions.end(token);
  }

  /** The accounts as users of TURN. */
  public TurnAccounts turn() {
    return turn;
  }

  /**
   * Tells of each session that {@link #session} has found before and that is dead from now on,
   * because it has expired or because somebody has revoked it, in whichever process; but not of
   * those that {@link #logout} has ended here. Told on a worker thread, within a second, within a
   * minute of expiry.
   */
  public void onRevoked(Consumer<Session> listener) {
    sessions.onRevoked(listener);
  }

  /** Answers those who wait, and stops; takes two seconds at most, mostly none. */
  @Override
  public void close() {
    closed = true;
    Workers.stop(hashers);
    storeThread.close();
    database.close();
  }
}
