package io.culvert.server.account;

import io.culvert.server.net.ServerStartException;
import java.sql.SQLException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** The tables: the files under {@code schema/}, which Flyway runs once each, in order. */
final class Schema {
  private Schema() {}

  /**
   * Makes the tables, or brings them up to date.
   *
   * @param where names the database in sentences
   */
  static void update(DataSource source, String where) throws ServerStartException {
    try {
      Flyway flyway =
          Flyway.configure()
              .dataSource(source)
              .locations("classpath:io/culvert/server/account/schema")
              .load();
      if (Arrays.stream(flyway.info().applied()).anyMatch(Schema::isUnknown)) {
        throw new ServerStartException(
            "The database " + where + " is that of a newer culvert: update this one.", null);
      }
      flyway.migrate();
    } catch (FlywayException e) {
      if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
        throw new ServerStartException(
            "The database " + where + " is that of another program: give culvert one of its own.",
            e);
      }
      throw new ServerStartException(
          "The database %s cannot be used: %s".formatted(where, reason(e)), e);
    }
  }

  private static boolean isUnknown(MigrationInfo migration) {
    return !migration.getState().isResolved();
  }

  private static String reason(FlywayException e) {
    Throwable cause = e;
    while (!(cause instanceof SQLException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
