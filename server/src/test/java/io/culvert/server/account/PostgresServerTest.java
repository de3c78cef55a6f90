package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.account.Accounts.PasswordTest;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.ServerStartException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");

  @TempDir private static Path dir;

  private static ThrowableAssertAlternative<ServerStartException> openingFails(String url) {
    return openingFails(new StoreConfig(Optional.of(url)));
  }

  private static ThrowableAssertAlternative<ServerStartException> openingFails(StoreConfig config) {
    return assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> Database.open(dir, config))
        .satisfies(e -> assertThat(e).message().doesNotContain("hunter2"));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db.example/culvert?user=u&password=hunter2, culvert, db.example",
    "postgresql://u:hunter2@db.example:5433/culvert, culvert, db.example",
    "postgres://u:p%40%2F+hunter2@[2001:db8::1]/culvert?sslmode=require, culvert, 2001:db8::1",
  })
  void theUrlOfJdbcAndThatOfLibpqAreUnderstood(String url, String database, String host)
      throws Exception {
    assertThat(PostgresServer.parse(url).where())
        .startsWith(database + " on PostgreSQL at ")
        .contains(host)
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "jdbc:mysql://u:hunter2@db/culvert",
        "jdbc:postgresql://db:hunter2/culvert",
        "jdbc:sqlite:hunter2"
      })
  void whatIsNoUrlOfPostgresqlIsNotRepeated(String url) {
    openingFails(url).withMessageContaining("store.url must be of the form");
  }

  @Test
  void aServerThatDoesNotRunIsNamed() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }

    openingFails("postgresql://u:hunter2@127.0.0.1:" + closed + "/culvert")
        .withMessageContaining("culvert on PostgreSQL at 127.0.0.1")
        .withMessageContaining("cannot be reached");
  }

  @Test
  void aDatabaseThatIsNotThereIsNamed() throws Exception {
    String url = TestDatabases.fresh(Kind.POSTGRESQL, dir).url();

    openingFails(url.replaceAll("/culvert[0-9]+", "/nonsense"))
        .withMessageContaining("There is no database nonsense");
  }

  @Test
  void aWrongPasswordIsTold() throws Exception {
    TestDatabase database = TestDatabases.fresh(Kind.POSTGRESQL, dir);
    TestDatabases.executeOnServer("CREATE ROLE locked LOGIN PASSWORD 'right'");
    Path rules = Path.of(TestDatabases.askServer("SHOW hba_file"));
    Files.writeString(rules, "host all locked all scram-sha-256\n" + Files.readString(rules));
    TestDatabases.executeOnServer("SELECT pg_reload_conf()");

    await()
        .untilAsserted(() ->
            openingFails(as(database, "locked", "hunter2"))
                .withMessageContaining("refuses the user or the password"));
    Database.open(dir, as(database, "locked", "right")).close();
  }

  @Test
  void aUserWhoMayNotMakeTablesIsTold() throws Exception {
    TestDatabase database = TestDatabases.fresh(Kind.POSTGRESQL, dir);
    database.execute("REVOKE CREATE ON SCHEMA public FROM public");
    TestDatabases.executeOnServer("CREATE ROLE guest LOGIN");

    openingFails(as(database, "guest", "hunter2"))
        .withMessageContaining("permission denied for schema public");
  }

  private static StoreConfig as(TestDatabase database, String user, String password) {
    String url =
        database.url().replaceAll("\\?.*", "?user=%s&password=%s".formatted(user, password));
    return new StoreConfig(Optional.of(url));
  }

  @Test
  void aDatabaseOfOldEncodingIsRefused() throws Exception {
    String url = TestDatabases.fresh(Kind.POSTGRESQL, dir).url();
    TestDatabases.executeOnServer(
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");

    openingFails(url.replaceAll("/culvert[0-9]+", "/latin"))
        .withMessageContaining("UTF8, not LATIN1");
  }

  @Test
  void theTablesOfAnotherProgramAreNotTouched() throws Exception {
    TestDatabase database = TestDatabases.fresh(Kind.POSTGRESQL, dir);
    database.execute("CREATE TABLE something (else_ TEXT)");

    openingFails(database.url()).withMessageContaining("another program");
  }

  @Test
  void whileTheServerIsAwayTheKnownStayAndAllOthersAreToldSo() throws Exception {
    TestDatabase database = TestDatabases.fresh(Kind.POSTGRESQL, dir);
    String name = database.url().replaceAll(".*/(culvert[0-9]+).*", "$1");
    try (AccountStore store = AccountStore.open(dir, database.config(), "culvert");
        ErrorLog log = new ErrorLog();
        Accounts accounts =
            Accounts.open(
                dir,
                database.config(),
                "culvert",
                Duration.ofDays(1),
                InstantSource.system(),
                new PasswordTest((_, _) -> true, "", 1, 1))) {
      store.add("alice", "secret");
      LoginResult login = accounts.login("alice", "secret", HOME).join();
      Session session = ((LoginResult.Accepted) login).session();
      assertThat(accounts.session(session.token()).join())
          .isEqualTo(new SessionResult.Live(session));

      TestDatabases.executeOnServer("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
      TestDatabases.executeOnServer(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
              .formatted(name));

      assertThat(accounts.login("alice", "secret", HOME).join())
          .isEqualTo(new LoginResult.Unavailable());
      assertThat(accounts.session(Token.random()).join())
          .isEqualTo(new SessionResult.Unavailable());
      assertThat(accounts.session(session.token()).join())
          .isEqualTo(new SessionResult.Live(session));
      assertThat(log.messages()).hasSize(1).first().asString().contains("Accounts: ", name);

      TestDatabases.executeOnServer("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
      await()
          .untilAsserted(() ->
              assertThat(accounts.login("alice", "secret", HOME).join())
                  .isInstanceOf(LoginResult.Accepted.class));
    }
  }
}
