package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.account.LoginResult.Accepted;
import io.culvert.server.account.SessionResult.Live;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Login and tokens, with somebody administering the accounts in another process all the while. */
@ParameterizedClass
@EnumSource
class AccountsTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");
  private static final Duration TOKEN_LIFE = Duration.ofDays(30);

  private static final TestDatabases DATABASES = new TestDatabases();

  @TempDir private static Path dir;

  private final Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Session> revoked = new CopyOnWriteArrayList<>();
  private TestDatabase database;
  private AccountStore store;
  private Accounts accounts;

  AccountsTest(Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void openAll() throws Exception {
    database = DATABASES.fresh(kind, dir);
    store = AccountStore.open(database.data(), database.config(), time);
    accounts = openAccounts();
    accounts.onRevoked(revoked::add);
  }

  private Accounts openAccounts() throws Exception {
    return Accounts.open(
        database.data(), database.config(), TOKEN_LIFE, time, Accounts.PasswordTest.real());
  }

  @AfterEach
  void closeAll() {
    accounts.close();
    store.close();
  }

  @AfterAll
  static void stopServer() throws IOException {
    DATABASES.close();
  }

  @Test
  void theRightPasswordGetsATokenThatIsGoodForItsLife() throws Exception {
    store.add("alice", "secret");

    Session session = logIn("alice", "secret");

    assertThat(session.token()).matches("[A-Za-z0-9_-]{32}");
    assertThat(session.account()).isEqualTo("alice");
    assertThat(session.expires()).isEqualTo(time.instant().plus(TOKEN_LIFE));
    assertThat(find(session)).isEqualTo(new Live(session));
    assertThat(find(session)).isEqualTo(new Live(session));
  }

  private Session logIn(String account, String password) {
    LoginResult result = accounts.login(account, password, HOME).join();
    assertThat(result).isInstanceOf(Accepted.class);
    return ((Accepted) result).session();
  }

  private SessionResult find(Session session) {
    return accounts.session(session.token()).join();
  }
}
