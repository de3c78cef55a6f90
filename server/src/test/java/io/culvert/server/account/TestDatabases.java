package io.culvert.server.account;

import io.culvert.server.config.ServerConfig.StoreConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Empty databases of both kinds; starts a PostgreSQL server when it is first needed. */
final class TestDatabases implements AutoCloseable {
  private @Nullable EmbeddedPostgres postgres;
  private int made;

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
  }

  /** An empty one; a file goes into that directory. */
  TestDatabase fresh(Kind kind, Path dir) throws IOException, SQLException {
    return switch (kind) {
      case SQLITE -> sqlite(Files.createTempDirectory(dir, "data"));
      case POSTGRESQL -> postgres(dir);
    };
  }

  private static TestDatabase sqlite(Path data) {
    return new TestDatabase(
        data, new StoreConfig(Optional.empty()), "jdbc:sqlite:" + data.resolve("accounts.db"));
  }

  private TestDatabase postgres(Path dir) throws IOException, SQLException {
    made++;
    String name = "culvert" + made;
    executeOnServer("CREATE DATABASE " + name);
    String url = server().getJdbcUrl("postgres", name);
    return new TestDatabase(dir, new StoreConfig(Optional.of(url)), url);
  }

  /** Does something to the PostgreSQL server. */
  void executeOnServer(String sql) throws IOException, SQLException {
    try (Connection connection = server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  EmbeddedPostgres server() throws IOException {
    if (postgres == null) {
      postgres = EmbeddedPostgres.start();
    }
    return postgres;
  }

  @Override
  public void close() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
  }
}
