package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.account.Accounts.PasswordTest;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunKey;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The accounts as users of TURN; they are administered in another process. */
@ParameterizedClass
@EnumSource
class TurnAccountsTest {
  private static final String REALM = "example.org";
  private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");
  private static final String NOBODY = PasswordHash.of("of nobody");

  @TempDir private static Path dir;

  private final Path data = Files.createTempDirectory(dir, "keys");
  private final TestDatabase database;
  private AccountStore store;
  private Accounts accounts;

  TurnAccountsTest(Kind kind) throws Exception {
    database = TestDatabases.fresh(kind, data);
    store = AccountStore.open(database.data(), database.config(), REALM);
    accounts = open(REALM);
  }

  private Accounts open(String realm) throws Exception {
    return Accounts.open(
        database.data(),
        database.config(),
        realm,
        Duration.ofDays(1),
        new VirtualTime(),
        new PasswordTest(PasswordHash::matches, NOBODY, 1, 1));
  }

  private void reopen(String realm) throws Exception {
    accounts.close();
    accounts = open(realm);
  }

  @AfterEach
  void closeAll() {
    accounts.close();
    store.close();
  }

  @Test
  void whoHasAnAccountHasTheKeysOfTheirPassword() throws Exception {
    store.add("alice", "secret");

    expectKeys("alice", REALM, "secret");
    assertThat(find("bob")).isEmpty();
  }

  @Test
  void aUserhashIsAsGoodAsAName() throws Exception {
    store.add("alice", "secret");
    assertThat(accounts.turn().find(UserHash.of("alice", REALM)).join())
        .isEqualTo(find("alice"))
        .isPresent();
    assertThat(accounts.turn().find(new UserHash(new byte[32])).join()).isEmpty();
  }

  @Test
  void aNameThatCannotBeIsUnknown() {
    assertThat(List.of("", "\0", "a\u0007", "\ud800", "x".repeat(600)))
        .allSatisfy(name -> assertThat(find(name)).isEmpty());
  }

  @Test
  void whoIsAskedForASecondTimeIsInMemory() throws Exception {
    store.add("alice", "secret");
    Optional<UserKeys> alice = find("alice");
    find("bob");

    database.execute("DROP TABLE session");
    database.execute("DROP TABLE account");

    assertThat(find("alice")).isEqualTo(alice);
    assertThat(find("bob")).isEmpty();
    assertThat(accounts.turn().find("carol")).failsWithin(Duration.ofSeconds(5));
  }

  @Test
  void anAccountThatIsAddedIsKnownSoonThoughItWasAskedForBefore() throws Exception {
    assertThat(find("alice")).isEmpty();

    store.add("alice", "secret");

    soon(() -> find("alice").isPresent());
  }

  @Test
  void aPasswordThatIsChangedChangesTheKeysSoon() throws Exception {
    store.add("alice", "secret");
    Optional<UserKeys> before = find("alice");

    store.changePassword("alice", "another");

    soon(() -> !find("alice").equals(before));
    expectKeys("alice", REALM, "another");
  }

  @Test
  void whoIsDisabledLosesTurnSoonAndGetsItBackWhenEnabled() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isPresent();

    store.disable("alice");
    soon(() -> find("alice").isEmpty());

    store.enable("alice");
    soon(() -> find("alice").isPresent());
  }

  @Test
  void whoIsRemovedLosesTurnSoon() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isPresent();

    store.remove("alice");

    soon(() -> find("alice").isEmpty());
  }

  @Test
  void whenNobodyKnowsWhatHasChangedEveryoneIsLookedUpAgain() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isPresent();

    database.execute("UPDATE account SET disabled = TRUE");
    database.execute("UPDATE revocation_counter SET value = 20000");

    soon(() -> find("alice").isEmpty());
  }

  @Test
  void inAnotherRealmAnAccountHasKeysAfterItsNextLogin() throws Exception {
    store.add("alice", "secret");
    reopen("example.com");
    assertThat(find("alice")).isEmpty();

    logIn("alice", "secret");

    soon(() -> find("alice").isPresent());
    expectKeys("alice", "example.com", "secret");
  }

  @Test
  void anAccountFromBeforeHasKeysAfterItsNextLogin() throws Exception {
    String hash = PasswordHash.of("secret");
    TestDatabase old =
        TestDatabases.fresh(
            database.url().startsWith("jdbc:sqlite") ? Kind.SQLITE : Kind.POSTGRESQL, data);
    Flyway.configure()
        .dataSource(old.url(), null, null)
        .locations("classpath:io/culvert/server/account/schema")
        .target("1")
        .load()
        .migrate();
    old.execute(
        "INSERT INTO account (name, password, created) VALUES ('alice', '" + hash + "', 1)");

    try (Accounts updated = Accounts.open(old.data(), old.config(), REALM, Duration.ofDays(1))) {
      assertThat(updated.turn().find("alice").join()).isEmpty();
      assertThat(updated.login("alice", "secret", HOME).join())
          .isInstanceOf(LoginResult.Accepted.class);
      soon(() -> updated.turn().find("alice").join().isPresent());
    }
  }

  @Test
  void aLoginThatChangesNothingWritesNoKeys() throws Exception {
    store.add("alice", "secret");
    String before = database.rows("account").getFirst();

    logIn("alice", "secret");

    String keys = before.strip().substring(before.strip().lastIndexOf(' ') + 1);
    assertThat(Base64.getDecoder().decode(keys)).hasSize(12 + 48 + 16);
    assertThat(database.rows("account").getFirst()).contains(keys);
  }

  @Test
  void whoHasNoPasswordHasNoKeys() throws Exception {
    store.addLoggedIn(List.of("device"), Duration.ofDays(1));

    assertThat(find("device")).isEmpty();
  }

  @Test
  void aPasswordThatTurnCannotCarryTakesTheKeysAway() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isPresent();

    store.changePassword("alice", "tab\there");

    soon(() -> find("alice").isEmpty());
  }

  @Test
  void withoutItsKeyFileAServerKnowsNobodyUntilTheyLogInAndSaysSoOnce() throws Exception {
    store.add("alice", "secret");
    store.add("bob", "secret");
    Files.delete(database.data().resolve("turn.key"));
    try (ErrorLog log = new ErrorLog()) {
      reopen(REALM);
      assertThat(find("alice")).isEmpty();
      assertThat(find("bob")).isEmpty();
      assertThat(log.messages()).singleElement().asString().contains("turn.key");
    }

    logIn("alice", "secret");

    soon(() -> find("alice").isPresent());
  }

  @Test
  void theDatabaseAloneTellsNoKey() throws Exception {
    store.add("alice", "secret");
    UserKeys alice = find("alice").orElseThrow();
    String rows = String.join("\n", database.rows("account"));

    for (StunKey key : List.of(alice.md5(), alice.sha256())) {
      assertThat(rows)
          .doesNotContain(HexFormat.of().formatHex(key.toBytes()))
          .doesNotContain(Base64.getEncoder().encodeToString(key.toBytes()).substring(0, 20));
    }
  }

  private Optional<UserKeys> find(String name) {
    return accounts.turn().find(name).join();
  }

  private void expectKeys(String account, String realm, String password) {
    UserKeys keys = find(account).orElseThrow();
    assertThat(keys.name()).isEqualTo(account);
    for (PasswordAlgorithm algorithm : PasswordAlgorithm.values()) {
      assertThat(keys.key(algorithm).toBytes())
          .isEqualTo(StunKey.longTerm(algorithm, account, realm, password).toBytes());
    }
  }

  private void logIn(String account, String password) {
    assertThat(accounts.login(account, password, HOME).join())
        .isInstanceOf(LoginResult.Accepted.class);
  }

  private static void soon(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(5)).until(condition);
  }
}
