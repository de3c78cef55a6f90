package io.culvert.server.account;

import io.culvert.server.account.TurnSeal.Sealed;
import io.culvert.server.turn.auth.TurnUsers;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute.UserHash;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts as users of TURN: their keys in the server's realm. Thread-safe; nothing blocks.
 * Futures complete on a worker thread.
 *
 * <p>Whoever has been asked for is in memory, whether there is such an account or not, until the
 * account changes, which is noticed within a second in whichever process it happens. So a user who
 * does not exist costs what one does who exists.
 */
public final class TurnAccounts implements TurnUsers {
  private static final Logger LOG = LoggerFactory.getLogger(TurnAccounts.class);
  private static final int MAX_KNOWN = 1 << 15;

  /** A row of the database. */
  private record Row(String account, Sealed sealed) {}

  private final Database database;
  private final TurnSeal seal;
  private final StoreThread thread;
  private final YoungMap<String, Optional<UserKeys>> known = new YoungMap<>(MAX_KNOWN);
  private boolean foreignKeyTold;

  TurnAccounts(Database database, TurnSeal seal, StoreThread thread) {
    this.database = database;
    this.seal = seal;
    this.thread = thread;
    thread.tell(this::forget);
  }

  @Override
  public CompletableFuture<Optional<UserKeys>> find(String name) {
    return seal.user(name)
        .map(this::findUser)
        .orElse(CompletableFuture.completedFuture(Optional.empty()));
  }

  @Override
  public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
    return findUser(TurnSeal.user(hash));
  }

  private CompletableFuture<Optional<UserKeys>> findUser(String user) {
    Optional<UserKeys> found = known.get(user);
    if (found != null) {
      return CompletableFuture.completedFuture(found);
    }
    return thread
        .ask(() -> Optional.of(lookUp(user)), Optional.<Optional<UserKeys>>empty())
        .thenApply(Optional::orElseThrow);
  }

  private Optional<UserKeys> lookUp(String user) throws StoreException {
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
    Optional<UserKeys> found = row.flatMap(this::open);
    known.put(user, found);
    return found;
  }

  private Optional<UserKeys> open(Row row) {
    Optional<UserKeys> opened = seal.open(row.account(), row.sealed());
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
