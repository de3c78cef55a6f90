package io.culvert.server.account;

import io.culvert.server.account.TurnSeal.Sealed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The sessions in the database, and the log of what has changed. Thread-safe; it blocks. */
final class SessionStore {
  /** An account that logs in on more devices than this loses the login that is oldest. */
  private static final int MAX_PER_ACCOUNT = 100;

  /** A server that missed more changes than these looks again after all it has in memory. */
  private static final int CHANGES_KEPT = 10_000;

  private final Database database;

  SessionStore(Database database) {
    this.database = database;
  }

  /**
   * What a login is tested against.
   *
   * @param turn the TURN keys of the same password, as far as they are known
   */
  record Credentials(
      String account, String passwordHash, boolean disabled, Optional<Sealed> turn) {}

  /** A session in the database, by its token's {@link Token#id}. */
  record Stored(String id, String account, Instant expires) {
    static Stored of(Session session) {
      return new Stored(Token.id(session.token()), session.account(), session.expires());
    }
  }

  /** Where an account has logged in, as {@code Network} writes it. */
  record Origin(String account, String source) {}

  /**
   * The news since a number.
   *
   * @param upTo the number to ask for next time
   * @param accounts that have changed, or nothing when nobody knows any more which
   */
  record Changes(long upTo, Optional<Set<String>> accounts) {}

  Optional<Credentials> credentials(String account) throws StoreException {
    return database.read(db ->
        db.createQuery(
                """
                SELECT password, disabled, turn_user, turn_keys FROM account WHERE name = :account
                """)
            .bind("account", account)
            .map((row, _) ->
                new Credentials(
                    account, row.getString("password"), row.getBoolean("disabled"), turnKeys(row)))
            .findOne());
  }

  private static Optional<Sealed> turnKeys(ResultSet row) throws SQLException {
    String user = row.getString("turn_user");
    return user == null
        ? Optional.empty()
        : Optional.of(new Sealed(user, row.getString("turn_keys")));
  }

  /**
   * Adds a session, unless the account is no longer what its password has been tested against.
   *
   * @param turn the TURN keys of that password, if they are news
   * @return false when it is not
   */
  boolean create(
      Credentials tested, Optional<Sealed> turn, Stored session, String source, Instant now)
      throws StoreException {
    return database.write(tx -> {
      // First of all, so that it waits for whoever is changing the account, or makes them wait.
      int unchanged =
          tx.createUpdate(
                  """
                  UPDATE account SET last_login = :now
                  WHERE name = :account AND password = :password AND NOT disabled
                  """)
              .bind("now", now.toEpochMilli())
              .bind("account", tested.account())
              .bind("password", tested.passwordHash())
              .execute();
      if (unchanged == 0) {
        return false;
      }
      turn.ifPresent(keys -> setTurnKeys(tx, tested.account(), keys));
      makeRoom(tx, tested.account());
      insert(tx, session, source, now);
      return true;
    });
  }

  /** Adds a session, as a part of something bigger. */
  static void insert(Handle tx, Stored session, String source, Instant now) {
    tx.createUpdate(
            """
            INSERT INTO session (id, account, source, created, expires)
            VALUES (:id, :account, :source, :now, :expires)
            """)
        .bind("id", session.id())
        .bind("account", session.account())
        .bind("source", source)
        .bind("now", now.toEpochMilli())
        .bind("expires", session.expires().toEpochMilli())
        .execute();
  }

  /** Keeps other TURN keys, as a part of a change to the account. */
  static void setTurnKeys(Handle tx, String account, Sealed keys) {
    tx.createUpdate("UPDATE account SET turn_user = :user, turn_keys = :keys WHERE name = :account")
        .bind("user", keys.user())
        .bind("keys", keys.keys())
        .bind("account", account)
        .execute();
    noteChange(tx, account);
  }

  private static void makeRoom(Handle tx, String account) {
    int deleted =
        tx.createUpdate(
                """
                DELETE FROM session WHERE account = :account AND id NOT IN (
                  SELECT id FROM session WHERE account = :account ORDER BY created DESC LIMIT :kept)
                """)
            .bind("account", account)
            .bind("kept", MAX_PER_ACCOUNT - 1)
            .execute();
    if (deleted > 0) {
      noteChange(tx, account);
    }
  }

  /** The session of that id, if it is good. */
  Optional<Stored> find(String id, Instant now) throws StoreException {
    return database.read(db ->
        db.createQuery("SELECT account, expires FROM session WHERE id = :id AND expires > :now")
            .bind("id", id)
            .bind("now", now.toEpochMilli())
            .map((row, _) ->
                new Stored(
                    id, row.getString("account"), Instant.ofEpochMilli(row.getLong("expires"))))
            .findOne());
  }

  /** The ids of an account's sessions. */
  Set<String> ids(String account) throws StoreException {
    return database.read(db ->
        db.createQuery("SELECT id FROM session WHERE account = :account")
            .bind("account", account)
            .mapTo(String.class)
            .set());
  }

  /** Ends a session, if there is one. */
  void revoke(String id) throws StoreException {
    database.write(tx -> {
      Optional<String> account =
          tx.createQuery("SELECT account FROM session WHERE id = :id")
              .bind("id", id)
              .mapTo(String.class)
              .findOne();
      tx.createUpdate("DELETE FROM session WHERE id = :id").bind("id", id).execute();
      account.ifPresent(name -> noteChange(tx, name));
      return account;
    });
  }

  /** Ends all sessions of an account, as a part of a change to it. Returns true. */
  static boolean revokeAll(Handle tx, String account) {
    tx.createUpdate("DELETE FROM session WHERE account = :account")
        .bind("account", account)
        .execute();
    noteChange(tx, account);
    return true;
  }

  /** Makes all servers look again after an account, when the transaction is done. */
  static void noteChange(Handle tx, String account) {
    tx.execute("UPDATE revocation_counter SET value = value + 1");
    tx.createUpdate(
            "INSERT INTO revocation (number, account) SELECT value, :account FROM revocation_counter")
        .bind("account", account)
        .execute();
    tx.createUpdate(
            "DELETE FROM revocation WHERE number <= (SELECT value FROM revocation_counter) - :kept")
        .bind("kept", CHANGES_KEPT)
        .execute();
  }

  /** What has changed after {@code last}; asks even when the database was gone last time. */
  Changes changesSince(long last) throws StoreException {
    record Row(long counter, long number, String account) {}
    List<Row> rows =
        database.retry(db ->
            db.createQuery(
                    """
                    SELECT value, number, account
                    FROM revocation_counter LEFT JOIN revocation ON number > :last
                    ORDER BY number
                    """)
                .bind("last", last)
                .map((row, _) ->
                    new Row(row.getLong("value"), row.getLong("number"), row.getString("account")))
                .list());
    long counter = rows.getFirst().counter();
    if (counter == last) {
      return new Changes(last, Optional.of(Set.of()));
    }
    // A number is missing where some have been forgotten, or a backup has been put in place.
    boolean complete = counter > last && rows.getFirst().number() == last + 1;
    return new Changes(
        counter,
        complete
            ? Optional.of(rows.stream().map(Row::account).collect(Collectors.toSet()))
            : Optional.empty());
  }

  /** Where those who are logged in have done so, the latest first. */
  List<Origin> origins(int most) throws StoreException {
    return database.read(db ->
        db.createQuery("SELECT account, source FROM session ORDER BY created DESC LIMIT :most")
            .bind("most", most)
            .map((row, _) -> new Origin(row.getString("account"), row.getString("source")))
            .list());
  }

  void deleteExpired(Instant now) throws StoreException {
    database.write(tx ->
        tx.createUpdate("DELETE FROM session WHERE expires <= :now")
            .bind("now", now.toEpochMilli())
            .execute());
  }
}
