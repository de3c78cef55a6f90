package io.culvert.server.account;

import io.culvert.server.account.TurnSeal.Sealed;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.ServerStartException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The accounts, for those who administer them. Whatever is changed here is on the disk when the
 * call returns, and is noticed within a second by all servers that use the same database.
 * Thread-safe; every call blocks.
 *
 * <p>Names are brought into Unicode's normal form C; they have 1 to 255 bytes of UTF-8 and no
 * control characters, and neither begin nor end with a space. Passwords have 1 to 1024 bytes of
 * UTF-8. What is anything else is an {@link IllegalArgumentException} with a message that says why.
 */
public final class AccountStore implements AutoCloseable {
  /** Where a login was made that came from no client. */
  private static final String HERE = "127.0.0.1";

  private final Database database;
  private final TurnSeal seal;
  private final InstantSource clock;

  private AccountStore(Database database, TurnSeal seal, InstantSource clock) {
    this.database = database;
    this.seal = seal;
    this.clock = clock;
  }

  /**
   * Opens the database of a server, which may be running; makes one where there is none.
   *
   * @param data the data directory
   * @param realm of TURN: the passwords that are set here are good for TURN in this realm
   * @throws ServerStartException when that is impossible
   */
  public static AccountStore open(Path data, StoreConfig store, String realm)
      throws ServerStartException {
    return open(data, store, realm, InstantSource.system());
  }

  static AccountStore open(Path data, StoreConfig store, String realm, InstantSource clock)
      throws ServerStartException {
    Database database = Database.open(data, store);
    try {
      return new AccountStore(database, TurnSeal.keptIn(data, realm), clock);
    } catch (ServerStartException e) {
      database.close();
      throw e;
    }
  }

  /** Where the accounts are, for people. */
  public String where() {
    return database.where();
  }

  /**
   * Returns the name as it is kept.
   *
   * @throws IllegalArgumentException when no account can be called that
   */
  public static String checkName(String name) {
    return AccountName.normalized(name);
  }

  /**
   * Returns the password.
   *
   * @throws IllegalArgumentException when it can be none
   */
  public static String checkPassword(String password) {
    return PasswordHash.require(password);
  }

  /** Adds an account. Returns false when there is one of that name. */
  public boolean add(String name, String password) throws StoreException {
    String account = AccountName.normalized(name);
    String hash = PasswordHash.of(PasswordHash.require(password));
    Optional<Sealed> turn = seal.seal(account, password);
    return database.write(tx -> {
      boolean added = insert(tx, account, hash);
      if (added) {
        turn.ifPresent(keys -> SessionStore.setTurnKeys(tx, account, keys));
      }
      return added;
    });
  }

  /**
   * Adds accounts that are logged in already and cannot log in by a password, which nobody knows
   * until {@link #changePassword} gives them one: for devices, many at a time. All of it happens or
   * nothing. A name that somebody has is left alone.
   *
   * @param tokenLife how long their logins are good for
   * @return the sessions of those that were added, in the order of their names in the list
   */
  public List<Session> addLoggedIn(List<String> names, Duration tokenLife) throws StoreException {
    List<String> accounts = names.stream().map(AccountName::normalized).toList();
    String nobodyKnows = PasswordHash.of(Token.random());
    Instant now = Instant.ofEpochMilli(clock.millis()); // the database keeps no more than that
    return database.write(tx -> {
      List<Session> sessions = new ArrayList<>();
      for (String account : accounts) {
        if (insert(tx, account, nobodyKnows)) {
          Session session = new Session(Token.random(), account, now.plus(tokenLife));
          SessionStore.insert(tx, SessionStore.Stored.of(session), HERE, now);
          sessions.add(session);
        }
      }
      return sessions;
    });
  }

  private boolean insert(Handle tx, String account, String hash) {
    return tx.createUpdate(
                """
                INSERT INTO account (name, password, created) VALUES (:name, :password, :created)
                ON CONFLICT (name) DO NOTHING
                """)
            .bind("name", account)
            .bind("password", hash)
            .bind("created", clock.millis())
            .execute()
        == 1;
  }

  /** Changes the password and ends all logins. Returns false when there is no such account. */
  public boolean changePassword(String name, String password) throws StoreException {
    String account = AccountName.normalized(name);
    String hash = PasswordHash.of(PasswordHash.require(password));
    Optional<Sealed> turn = seal.seal(account, password);
    return database.write(tx ->
        tx.createUpdate(
                        """
                        UPDATE account SET password = :password, turn_user = :user, turn_keys = :keys
                        WHERE name = :name
                        """)
                    .bind("password", hash)
                    .bind("user", turn.map(Sealed::user).orElse(null))
                    .bind("keys", turn.map(Sealed::keys).orElse(null))
                    .bind("name", account)
                    .execute()
                == 1
            && SessionStore.revokeAll(tx, account));
  }

  /** Lets nobody in any more, and ends all logins. Returns false when there is no such account. */
  public boolean disable(String name) throws StoreException {
    String account = AccountName.normalized(name);
    return database.write(
        tx -> setDisabled(tx, account, true) && SessionStore.revokeAll(tx, account));
  }

  /** Undoes {@link #disable}, but for the logins. Returns false when there is no such account. */
  public boolean enable(String name) throws StoreException {
    String account = AccountName.normalized(name);
    return database.write(tx -> {
      boolean enabled = setDisabled(tx, account, false);
      if (enabled) {
        SessionStore.noteChange(tx, account);
      }
      return enabled;
    });
  }

  /** Removes the account and ends all its logins. Returns false when there is no such account. */
  public boolean remove(String name) throws StoreException {
    String account = AccountName.normalized(name);
    return database.write(tx ->
        // Disabled first: that keeps a login that is under way from making one more session.
        setDisabled(tx, account, true)
            && SessionStore.revokeAll(tx, account)
            && tx.createUpdate("DELETE FROM account WHERE name = :name")
                    .bind("name", account)
                    .execute()
                == 1);
  }

  private static boolean setDisabled(Handle tx, String account, boolean disabled) {
    return tx.createUpdate("UPDATE account SET disabled = :disabled WHERE name = :name")
            .bind("disabled", disabled)
            .bind("name", account)
            .execute()
        == 1;
  }

  /** All accounts, by name. */
  public List<Account> list() throws StoreException {
    return database.read(tx ->
        tx
            .createQuery(
                """
                SELECT name, disabled, created, last_login,
                       (SELECT COUNT(*) FROM session
                        WHERE account = account.name AND expires > :now) AS logins
                FROM account
                """)
            .bind("now", clock.millis())
            .map((row, _) -> {
              long lastLogin = row.getLong("last_login");
              boolean never = row.wasNull();
              return new Account(
                  row.getString("name"),
                  row.getBoolean("disabled"),
                  Instant.ofEpochMilli(row.getLong("created")),
                  never ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastLogin)),
                  row.getInt("logins"));
            })
            .stream()
            .sorted(Comparator.comparing(Account::name))
            .toList());
  }

  @Override
  public void close() {
    database.close();
  }
}
