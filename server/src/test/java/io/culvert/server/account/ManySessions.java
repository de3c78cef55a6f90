package io.culvert.server.account;

import io.culvert.server.config.ServerConfig.StoreConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** So many accounts that are logged in that nobody could wait for their passwords. */
public final class ManySessions {
  private ManySessions() {}

  /** Adds the accounts {@code "account 0"} and so on, and returns a token of each. */
  public static List<String> add(Path data, int count) throws Exception {
    AccountStore.open(data, new StoreConfig(Optional.empty())).close();
    List<String> tokens = new ArrayList<>();
    try (Connection database = connect(data);
        PreparedStatement account =
            database.prepareStatement(
                "INSERT INTO account (name, password, created) VALUES (?, 'nobody''s', ?)")) {
      database.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        account.setString(1, "account " + i);
        account.setLong(2, System.currentTimeMillis());
        account.execute();
        tokens.add(addSession(database, "account " + i));
      }
      database.commit();
    }
    return tokens;
  }

  /** One more token of an account. */
  public static String addTo(Path data, String account) throws Exception {
    try (Connection database = connect(data)) {
      return addSession(database, account);
    }
  }

  private static Connection connect(Path data) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + data.resolve("accounts.db"));
  }

  private static String addSession(Connection database, String account) throws SQLException {
    String token = Token.random();
    long now = System.currentTimeMillis();
    try (PreparedStatement session =
        database.prepareStatement("INSERT INTO session VALUES (?, ?, '127.0.0.1', ?, ?)")) {
      session.setString(1, Token.id(token));
      session.setString(2, account);
      session.setLong(3, now);
      session.setLong(4, now + Duration.ofDays(1).toMillis());
      session.execute();
    }
    return token;
  }
}
