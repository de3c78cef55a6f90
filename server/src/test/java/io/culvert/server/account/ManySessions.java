package io.culvert.server.account;

import io.culvert.server.config.ServerConfig.StoreConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** So many accounts that are logged in that nobody could wait for their passwords. */
public final class ManySessions {
  private static final StoreConfig SQLITE = new StoreConfig(Optional.empty());
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  private ManySessions() {}

  /** Adds the accounts {@code "account 0"} and so on, and returns a token of each. */
  public static List<String> add(Path data, int count) throws Exception {
    try (AccountStore store = AccountStore.open(data, SQLITE, "culvert")) {
      List<String> names = IntStream.range(0, count).mapToObj(i -> "account " + i).toList();
      return store.addLoggedIn(names, TOKEN_LIFE).stream().map(Session::token).toList();
    }
  }

  /** One more token of an account. */
  public static String addTo(Path data, String account) throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Session session = new Session(Token.random(), account, now.plus(TOKEN_LIFE));
    try (Database database = Database.open(data, SQLITE)) {
      database.write(tx -> {
        SessionStore.insert(tx, SessionStore.Stored.of(session), "127.0.0.1", now);
        return session;
      });
    }
    return session.token();
  }
}
