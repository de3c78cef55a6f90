package io.culvert.server.account;

import io.culvert.server.config.ServerConfig.StoreConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
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
    long now = System.currentTimeMillis();
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("accounts.db"));
        PreparedStatement account =
            database.prepareStatement(
                "INSERT INTO account (name, password, created) VALUES (?, 'nobody''s', ?)");
        PreparedStatement session =
            database.prepareStatement("INSERT INTO session VALUES (?, ?, '127.0.0.1', ?, ?)")) {
      database.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        tokens.add(Token.random());
        account.setString(1, "account " + i);
        account.setLong(2, now);
        account.execute();
        session.setString(1, Token.id(tokens.get(i)));
        session.setString(2, "account " + i);
        session.setLong(3, now);
        session.setLong(4, now + Duration.ofDays(1).toMillis());
        session.execute();
      }
      database.commit();
    }
    return tokens;
  }
}
