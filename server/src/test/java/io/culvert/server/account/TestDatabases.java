package io.culvert.server.account;

import io.culvert.server.config.ServerConfig.StoreConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Empty databases of both kinds. */
final class TestDatabases {
  /** One for all tests, since it takes seconds to start; it stops with the JVM. */
  private static @Nullable EmbeddedPostgres postgres;

  private static int made;

  private TestDatabases() {}

  enum Kind {
    SQLITE,
    POSTGRESQL
  }

  /**
   * One of them.
   *
   * @param data the data directory
   * @param config where a server is to find it
   * @param url the same for JDBC
   */
  record TestDatabase(Path data, StoreConfig config, String url) {
    /** Does something to it behind everybody's back. */
    void execute(String sql) throws SQLException {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    /** All rows of these tables, their columns one after the other. */
    List<String> rows(String... tables) throws SQLException {
      List<String> all = new ArrayList<>();
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        for (String table : tables) {
          ResultSet rows = statement.executeQuery("SELECT * FROM " + table);
          while (rows.next()) {
            StringBuilder row = new StringBuilder();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              row.append(rows.getString(i)).append(' ');
            }
            all.add(row.toString());
          }
        }
      }
      return all;
    }
  }

  /** An empty one; a file goes into that directory. */
  static TestDatabase fresh(Kind kind, Path dir) throws IOException, SQLException {
    return switch (kind) {
      case SQLITE -> sqlite(Files.createTempDirectory(dir, "data"));
      case POSTGRESQL -> postgres(dir);
    };
  }

  private static TestDatabase sqlite(Path data) {
    return new TestDatabase(
        data, new StoreConfig(Optional.empty()), "jdbc:sqlite:" + data.resolve("accounts.db"));
  }

  private static synchronized TestDatabase postgres(Path dir) throws IOException, SQLException {
    made++;
    String name = "culvert" + made;
    executeOnServer("CREATE DATABASE " + name);
    String url = server().getJdbcUrl("postgres", name);
    return new TestDatabase(dir, new StoreConfig(Optional.of(url)), url);
  }

  /** Does something to the PostgreSQL server. */
  static void executeOnServer(String sql) throws IOException, SQLException {
    try (Connection connection = server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The one value that the PostgreSQL server answers. */
  static String askServer(String sql) throws IOException, SQLException {
    try (Connection connection = server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  private static synchronized EmbeddedPostgres server() throws IOException {
    if (postgres == null) {
      postgres = EmbeddedPostgres.start();
    }
    return postgres;
  }
}
