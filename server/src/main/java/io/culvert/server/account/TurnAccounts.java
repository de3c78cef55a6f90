package io.culvert.server.account;

import io.culvert.server.account.TurnSeal.Sealed;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts as users of TURN: their keys in the server's realm. Thread-safe; nothing blocks.
 *
 * <p>Whoever has been asked for is in memory, whether there is such an account or not, until the
 * account changes, which is noticed within a second in whichever process it happens. So a user who
 * does not exist costs what one does who exists.
 */
public final class TurnAccounts {
  private static final Logger LOG = LoggerFactory.getLogger(TurnAccounts.class);
  private static final int MAX_KNOWN = 1 << 15;

  /** A row of the database. */
  private record Row(String account, Sealed sealed) {}

  private final Database database;
  private final TurnSeal seal;
  private final StoreThread thread;
  private final YoungMap<String, TurnLookup> known = new YoungMap<>(MAX_KNOWN);
  private boolean foreignKeyTold;

  TurnAccounts(Database database, TurnSeal seal, StoreThread thread) {
    this.database = database;
    this.seal = seal;
    this.thread = thread;
    thread.tell(this::forget);
  }

  /**
   * Finds a user by the name in a request.
   *
   * @return completes on a worker thread, or has completed already; never fails
   */
  public CompletableFuture<TurnLookup> find(String name) {
    return seal.user(name)
        .map(this::findUser)
        .orElse(CompletableFuture.completedFuture(new TurnLookup.Unknown()));
  }

  /** The same by the USERHASH in a request. */
  public CompletableFuture<TurnLookup> find(byte[] userHash) {
    return findUser(TurnSeal.user(userHash));
  }

  private CompletableFuture<TurnLookup> findUser(String user) {
    TurnLookup lookup = known.get(user);
    return lookup == null
        ? thread.ask(() -> lookUp(user), new TurnLookup.Unavailable())
        : CompletableFuture.completedFuture(lookup);
  }

  private TurnLookup lookUp(String user) throws StoreException {
    Optional<Row> row =
        database.read(db ->
            db.createQuery(
                    """
                    SELECT name, turn_keys FROM account
                    WHERE turn_user = :user AND NOT disabled
                    """)
                .bind("user", user)
                .map((found, _) ->
                    new Row(
                        found.getString("name"), new Sealed(user, found.getString("turn_keys"))))
                .findFirst());
    TurnLookup lookup = row.flatMap(this::open).orElse(new TurnLookup.Unknown());
    known.put(user, lookup);
    return lookup;
  }

  private Optional<TurnLookup> open(Row row) {
    Optional<TurnLookup> opened =
        seal.open(row.sealed())
            .map(keys -> new TurnLookup.Known(row.account(), keys.md5(), keys.sha256()));
    if (opened.isEmpty() && !foreignKeyTold) {
      foreignKeyTold = true;
      LOG.warn(
          "Accounts: turn.key in the data directory is not the one that TURN keys in the database"
              + " have been sealed with. Copy it from the server that has made it; or let the"
              + " accounts log in again.");
    }
    return opened;
  }

  private void forget(Optional<Set<String>> changed) {
    if (changed.isEmpty()) {
      known.clear();
    } else {
      changed.get().forEach(account -> seal.user(account).ifPresent(known::remove));
    }
  }
}
