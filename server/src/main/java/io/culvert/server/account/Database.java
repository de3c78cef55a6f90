package io.culvert.server.account;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.ServerStartException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The database of the accounts: a SQLite file in the data directory, or PostgreSQL. Thread-safe;
 * every call blocks.
 *
 * <p>Once it cannot be reached, calls fail at once until {@link #retry} has got through: whoever
 * waits for a login shall not also wait for a time-out.
 */
final class Database implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 8;
  private static final int CONNECTION_TIMEOUT_MILLIS = 3_000;

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final String where;
  private volatile boolean unreachable;

  private Database(DataSource source, String where) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("accounts");
    config.setDataSource(source);
    config.setMaximumPoolSize(MAX_CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.setInitializationFailTimeout(-1); // it has just been opened; later failures are told
    pool = new HikariDataSource(config);
    jdbi = Jdbi.create(pool);
    this.where = where;
  }

  /**
   * Opens it, and makes or updates its tables.
   *
   * @throws ServerStartException when that is impossible
   */
  static Database open(Path data, StoreConfig config) throws ServerStartException {
    Optional<String> url = config.url();
    if (url.isPresent()) {
      PostgresServer server = PostgresServer.parse(url.get());
      return new Database(server.open(), server.where());
    }
    SqliteFile file = new SqliteFile(data);
    return new Database(file.open(), file.where());
  }

  /** Where it is, for people; without any password. */
  String where() {
    return where;
  }

  /**
   * Asks one question.
   *
   * @throws StoreException when the database cannot answer at the moment
   */
  <T> T read(HandleCallback<T, RuntimeException> query) throws StoreException {
    return unlessUnreachable(() -> jdbi.withHandle(query));
  }

  /** The same, even when the database could not be reached the last time. */
  <T> T retry(HandleCallback<T, RuntimeException> query) throws StoreException {
    return translated(() -> jdbi.withHandle(query));
  }

  /**
   * Does something in one transaction.
   *
   * @throws StoreException when the database cannot do it at the moment; nothing is changed then
   */
  <T> T write(HandleCallback<T, RuntimeException> work) throws StoreException {
    return unlessUnreachable(() -> jdbi.inTransaction(work));
  }

  private <T> T unlessUnreachable(Supplier<T> work) throws StoreException {
    if (unreachable) {
      throw new StoreException("The database " + where + " cannot be reached.");
    }
    return translated(work);
  }

  private <T> T translated(Supplier<T> work) throws StoreException {
    try {
      T result = work.get();
      unreachable = false;
      return result;
    } catch (JdbiException e) {
      // Jdbi's own message tells the statement's arguments, which are nobody's business.
      Throwable cause = sqlCause(e);
      unreachable = e instanceof ConnectionException || isConnectionLost(cause);
      throw new StoreException(
          "The database %s fails: %s"
              .formatted(where, String.valueOf(cause.getMessage()).lines().findFirst().orElse("")),
          cause);
    }
  }

  /** SQLSTATE class 08: connection exception; 57P: the server is going down. */
  private static boolean isConnectionLost(Throwable cause) {
    return cause instanceof SQLException sql
        && sql.getSQLState() != null
        && (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P"));
  }

  private static Throwable sqlCause(Throwable e) {
    Throwable cause = e;
    while (!(cause instanceof SQLException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof SQLException ? cause : e;
  }

  @Override
  public void close() {
    pool.close();
  }
}
