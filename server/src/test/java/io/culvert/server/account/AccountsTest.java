package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.account.Accounts.PasswordTest;
import io.culvert.server.account.LoginResult.Accepted;
import io.culvert.server.account.LoginResult.Refused;
import io.culvert.server.account.LoginResult.Unavailable;
import io.culvert.server.account.SessionResult.Live;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Login and tokens; the accounts are administered by somebody else who uses the same database. */
@ParameterizedClass
@EnumSource
class AccountsTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");
  private static final Duration TOKEN_LIFE = Duration.ofDays(30);
  private static final String NOBODY = PasswordHash.of("of nobody");
  private static final SessionResult UNKNOWN = new SessionResult.Unknown();

  @TempDir private static Path dir;

  private final VirtualTime time = new VirtualTime();
  private final List<Session> revoked = new CopyOnWriteArrayList<>();
  private final TestDatabase database;
  private final AccountStore store;
  private Accounts accounts;

  AccountsTest(Kind kind) throws Exception {
    database = TestDatabases.fresh(kind, dir);
    store = AccountStore.open(database.data(), database.config(), "culvert", time);
    accounts = openAccounts();
  }

  @BeforeEach
  void listenAndAddAlice() throws Exception {
    accounts.onRevoked(revoked::add);
    store.add("alice", "secret");
  }

  @AfterEach
  void closeAll() {
    accounts.close();
    store.close();
  }

  private Accounts openAccounts() throws Exception {
    return openAccounts(PasswordHash::matches);
  }

  private Accounts openAccounts(BiPredicate<String, String> matches) throws Exception {
    return Accounts.open(
        database.data(),
        database.config(),
        "culvert",
        TOKEN_LIFE,
        time,
        new PasswordTest(matches, NOBODY, 1, 1));
  }

  @Test
  void theRightPasswordGetsATokenThatIsGoodForItsLife() {
    Session session = logIn("alice", "secret");

    assertThat(session.token()).matches("[A-Za-z0-9_-]{32}");
    assertThat(session.account()).isEqualTo("alice");
    assertThat(session.expires()).isEqualTo(time.instant().plus(TOKEN_LIFE));
    assertThat(find(session)).isEqualTo(new Live(session));
  }

  @Test
  void everyLoginGetsAnotherToken() {
    assertThat(logIn("alice", "secret").token()).isNotEqualTo(logIn("alice", "secret").token());
  }

  @Test
  void nobodyCanTellAWrongPasswordFromAnAccountThatIsUnknownOrDisabled() throws Exception {
    store.add("bob", "secret");
    store.disable("bob");

    assertThat(Stream.of("alice", "nobody").map(name -> result(name, "wrong")))
        .containsOnly(new Refused());
    assertThat(result("bob", "secret")).isEqualTo(new Refused());
  }

  @Test
  void namesAndPasswordsAreComparedExactly() {
    assertThat(Stream.of("Alice", "alice ", "\u0430lice").map(name -> result(name, "secret")))
        .containsOnly(new Refused());
    assertThat(Stream.of("Secret", "secret ", "secre").map(word -> result("alice", word)))
        .containsOnly(new Refused());
  }

  @Test
  void aNameOrPasswordThatCannotBeIsRefused() {
    assertThat(Stream.of("", "\0", "x".repeat(256), "\ud800").map(name -> result(name, "secret")))
        .containsOnly(new Refused());
    assertThat(Stream.of("", "x".repeat(1025), "\ud800").map(word -> result("alice", word)))
        .containsOnly(new Refused());
  }

  @Test
  void anAccentMayBeComposedOrNotInAPassword() throws Exception {
    store.add("ren\u00e9", "caf\u00e9");

    assertThat(result("ren\u00e9", "cafe\u0301")).isInstanceOf(Accepted.class);
  }

  @Test
  void aTokenSurvivesARestart() throws Exception {
    Session session = logIn("alice", "secret");

    accounts.close();
    accounts = openAccounts();

    assertThat(find(session)).isEqualTo(new Live(session));
  }

  @Test
  void aTokenNobodyHasMadeIsUnknown() {
    assertThat(
            Stream.of("", "short", "\0".repeat(32), Token.random())
                .map(token -> accounts.session(token).join()))
        .containsOnly(UNKNOWN);
  }

  @Test
  void logoutEndsThatSessionAndNoOther() {
    Session one = logIn("alice", "secret");
    Session other = logIn("alice", "secret");
    assertThat(find(one)).isEqualTo(new Live(one));

    assertThat(accounts.logout(one.token()).join()).isTrue();

    assertThat(find(one)).isEqualTo(UNKNOWN);
    assertThat(find(other)).isEqualTo(new Live(other));
  }

  @Test
  void whoeverAsksForALogoutIsNotToldOfIt() throws Exception {
    Session mine = logIn("alice", "secret");
    Session others = logIn("alice", "secret");
    assertThat(Stream.of(mine, others).map(this::find)).allMatch(Live.class::isInstance);

    accounts.logout(mine.token()).join();
    store.disable("alice");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(others));
  }

  @Test
  void aTokenThatIsUnknownMayBeLoggedOut() {
    assertThat(accounts.logout(Token.random()).join()).isTrue();
    assertThat(accounts.logout("nonsense").join()).isTrue();
  }

  @Test
  void aNewPasswordEndsAllSessions() throws Exception {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    store.changePassword("alice", "new");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
    assertThat(find(session)).isEqualTo(UNKNOWN);
    assertThat(result("alice", "secret")).isEqualTo(new Refused());
    assertThat(result("alice", "new")).isInstanceOf(Accepted.class);
  }

  @Test
  void whoeverIsDisabledIsOutUntilEnabledAndThenLogsInAgain() throws Exception {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    store.disable("alice");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
    assertThat(result("alice", "secret")).isEqualTo(new Refused());
    store.enable("alice");
    assertThat(find(session)).isEqualTo(UNKNOWN);
    assertThat(result("alice", "secret")).isInstanceOf(Accepted.class);
  }

  @Test
  void whoeverIsRemovedIsOut() throws Exception {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    store.remove("alice");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
    assertThat(find(session)).isEqualTo(UNKNOWN);
    assertThat(result("alice", "secret")).isEqualTo(new Refused());
  }

  @Test
  void whoeverIsChangedWhileLoggingInDoesNotGetIn() throws Exception {
    List<StoreChange> changes =
        List.of(
            () -> store.changePassword("alice", "new"),
            () -> store.remove("alice"),
            () -> store.disable("alice"));
    for (StoreChange change : changes) {
      store.add("alice", "secret");
      accounts.close();
      accounts = openAccounts((_, _) -> change.isMade());

      assertThat(result("alice", "whatever")).isEqualTo(new Refused());
      assertThat(database.rows("session")).isEmpty();
    }
  }

  @Test
  void aLoginAtTheMomentItIsForbiddenLeavesNoSession() throws Exception {
    accounts.close();
    accounts = openAccounts((_, _) -> true);

    for (int i = 0; i < 50; i++) {
      store.enable("alice");
      CompletableFuture<LoginResult> login = accounts.login("alice", "secret", HOME);
      store.disable("alice");

      assertThat(login.join()).isInstanceOfAny(Accepted.class, Refused.class);
      assertThat(database.rows("session")).isEmpty();
      time.pass(Duration.ofHours(1));
    }
  }

  private interface StoreChange {
    boolean make() throws StoreException;

    default boolean isMade() {
      try {
        return make();
      } catch (StoreException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void anAccountOfTheSameNameAsOneBeforeHasNoneOfItsSessions() throws Exception {
    Session session = logIn("alice", "secret");

    store.remove("alice");
    store.add("alice", "secret");

    assertThat(find(session)).isEqualTo(UNKNOWN);
  }

  @Test
  void whatHappensToOneAccountIsNothingToAnother() throws Exception {
    store.add("bob", "secret");
    Session alice = logIn("alice", "secret");
    Session bob = logIn("bob", "secret");
    assertThat(Stream.of(alice, bob).map(this::find)).allMatch(Live.class::isInstance);

    store.disable("alice");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(alice));
    assertThat(find(bob)).isEqualTo(new Live(bob));
  }

  @Test
  void aLogoutOnOneServerIsNoticedOnAnother() throws Exception {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    try (Accounts other = openAccounts()) {
      assertThat(other.session(session.token()).join()).isEqualTo(new Live(session));
      assertThat(other.logout(session.token()).join()).isTrue();
    }

    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
  }

  @Test
  void revocationsThatNobodyRemembersAreNoticedAllTheSame() throws Exception {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    database.execute("DELETE FROM session");
    database.execute("UPDATE revocation_counter SET value = 20000");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
  }

  @Test
  void aBackupThatIsPutInPlaceIsNoticed() throws Exception {
    store.add("bob", "secret");
    accounts.logout(logIn("bob", "secret").token()).join();
    accounts.close();
    accounts = openAccounts();
    accounts.onRevoked(revoked::add);
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    database.execute("DELETE FROM session");
    database.execute("UPDATE revocation_counter SET value = 0");

    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
  }

  @Test
  void aTokenDiesWhenItsTimeIsUp() {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    time.pass(TOKEN_LIFE.minusMillis(1));
    assertThat(find(session)).isEqualTo(new Live(session));
    time.pass(Duration.ofMillis(1));

    assertThat(find(session)).isEqualTo(UNKNOWN);
    await().untilAsserted(() -> assertThat(revoked).containsExactly(session));
    await().untilAsserted(() -> assertThat(database.rows("session")).isEmpty());
  }

  @Test
  void theOldestLoginGoesWhenAnAccountHasTooMany() throws Exception {
    accounts.close();
    accounts = openAccounts((_, _) -> true);
    accounts.onRevoked(revoked::add);
    Session oldest = logIn("alice", "secret");
    time.pass(Duration.ofSeconds(1));
    Session second = logIn("alice", "secret");
    assertThat(Stream.of(oldest, second).map(this::find)).allMatch(Live.class::isInstance);

    for (int i = 0; i < 99; i++) {
      logIn("alice", "secret");
    }

    await().untilAsserted(() -> assertThat(revoked).containsExactly(oldest));
    assertThat(find(second)).isEqualTo(new Live(second));
    assertThat(store.list().getFirst().logins()).isEqualTo(100);
  }

  @Test
  void whenTheDatabaseFailsNobodyIsWronglyRefusedAndMemoryServesOn() throws Exception {
    Session session = logIn("alice", "secret");
    assertThat(find(session)).isEqualTo(new Live(session));

    database.execute("ALTER TABLE account RENAME TO gone");
    database.execute("ALTER TABLE session RENAME TO gone_too");

    assertThat(result("alice", "secret")).isEqualTo(new Unavailable());
    assertThat(accounts.session(Token.random()).join()).isEqualTo(new SessionResult.Unavailable());
    assertThat(accounts.logout(session.token()).join()).isFalse();
    assertThat(find(session)).isEqualTo(new Live(session));

    database.execute("ALTER TABLE gone RENAME TO account");
    database.execute("ALTER TABLE gone_too RENAME TO session");
    assertThat(result("alice", "secret")).isInstanceOf(Accepted.class);
  }

  @Test
  void afterTheEndEverybodyGetsAnAnswer() {
    accounts.close();

    assertThat(result("alice", "secret")).isEqualTo(new LoginResult.Busy());
    assertThat(accounts.session(Token.random()).join()).isEqualTo(new SessionResult.Unavailable());
    assertThat(accounts.logout(Token.random()).join()).isFalse();
  }

  private LoginResult result(String account, String password) {
    return accounts.login(account, password, HOME).join();
  }

  private Session logIn(String account, String password) {
    LoginResult result = result(account, password);
    assertThat(result).isInstanceOf(Accepted.class);
    return ((Accepted) result).session();
  }

  private SessionResult find(Session session) {
    return accounts.session(session.token()).join();
  }
}
