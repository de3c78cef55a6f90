package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.account.Accounts.PasswordTest;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import io.culvert.server.account.TurnLookup.Known;
import io.culvert.server.account.TurnLookup.Unavailable;
import io.culvert.server.account.TurnLookup.Unknown;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunKey;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
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
    assertThat(find("bob")).isEqualTo(new Unknown());
  }

  @Test
  void aUserhashIsAsGoodAsAName() throws Exception {
    store.add("alice", "secret");
    String hash = new TurnSeal(new byte[32], REALM).user("alice").orElseThrow();

    assertThat(accounts.turn().find(HexFormat.of().parseHex(hash)).join())
        .isEqualTo(find("alice"))
        .isInstanceOf(Known.class);
    assertThat(accounts.turn().find(new byte[32]).join()).isEqualTo(new Unknown());
  }

  @Test
  void aNameThatCannotBeIsUnknown() {
    assertThat(List.of("", "\0", "a\u0007", "\ud800", "x".repeat(600)))
        .allSatisfy(name -> assertThat(find(name)).isEqualTo(new Unknown()));
  }

  @Test
  void whoIsAskedForASecondTimeIsInMemory() throws Exception {
    store.add("alice", "secret");
    TurnLookup alice = find("alice");
    find("bob");

    database.execute("DROP TABLE session");
    database.execute("DROP TABLE account");

    assertThat(find("alice")).isEqualTo(alice);
    assertThat(find("bob")).isEqualTo(new Unknown());
    assertThat(find("carol")).isEqualTo(new Unavailable());
  }

  @Test
  void anAccountThatIsAddedIsKnownSoonThoughItWasAskedForBefore() throws Exception {
    assertThat(find("alice")).isEqualTo(new Unknown());

    store.add("alice", "secret");

    soon(() -> find("alice") instanceof Known);
  }

  @Test
  void aPasswordThatIsChangedChangesTheKeysSoon() throws Exception {
    store.add("alice", "secret");
    TurnLookup before = find("alice");

    store.changePassword("alice", "another");

    soon(() -> !find("alice").equals(before));
    expectKeys("alice", REALM, "another");
  }

  @Test
  void whoIsDisabledLosesTurnSoonAndGetsItBackWhenEnabled() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isInstanceOf(Known.class);

    store.disable("alice");
    soon(() -> find("alice") instanceof Unknown);

    store.enable("alice");
    soon(() -> find("alice") instanceof Known);
  }

  @Test
  void whoIsRemovedLosesTurnSoon() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isInstanceOf(Known.class);

    store.remove("alice");

    soon(() -> find("alice") instanceof Unknown);
  }

  @Test
  void whenNobodyKnowsWhatHasChangedEveryoneIsLookedUpAgain() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isInstanceOf(Known.class);

    database.execute("UPDATE account SET disabled = TRUE");
    database.execute("UPDATE revocation_counter SET value = 20000");

    soon(() -> find("alice") instanceof Unknown);
  }

  @Test
  void inAnotherRealmAnAccountHasKeysAfterItsNextLogin() throws Exception {
    store.add("alice", "secret");
    reopen("example.com");
    assertThat(find("alice")).isEqualTo(new Unknown());

    logIn("alice", "secret");

    soon(() -> find("alice") instanceof Known);
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
      assertThat(updated.turn().find("alice").join()).isEqualTo(new Unknown());
      assertThat(updated.login("alice", "secret", HOME).join())
          .isInstanceOf(LoginResult.Accepted.class);
      soon(() -> updated.turn().find("alice").join() instanceof Known);
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

    assertThat(find("device")).isEqualTo(new Unknown());
  }

  @Test
  void aPasswordThatTurnCannotCarryTakesTheKeysAway() throws Exception {
    store.add("alice", "secret");
    assertThat(find("alice")).isInstanceOf(Known.class);

    store.changePassword("alice", "tab\there");

    soon(() -> find("alice") instanceof Unknown);
  }

  @Test
  void withoutItsKeyFileAServerKnowsNobodyUntilTheyLogInAndSaysSoOnce() throws Exception {
    store.add("alice", "secret");
    store.add("bob", "secret");
    Files.delete(database.data().resolve("turn.key"));
    try (ErrorLog log = new ErrorLog()) {
      reopen(REALM);
      assertThat(find("alice")).isEqualTo(new Unknown());
      assertThat(find("bob")).isEqualTo(new Unknown());
      assertThat(log.messages()).singleElement().asString().contains("turn.key");
    }

    logIn("alice", "secret");

    soon(() -> find("alice") instanceof Known);
  }

  @Test
  void theDatabaseAloneTellsNoKey() throws Exception {
    store.add("alice", "secret");
    Known alice = (Known) find("alice");
    String rows = String.join("\n", database.rows("account"));

    for (StunKey key : List.of(alice.md5(), alice.sha256())) {
      assertThat(rows)
          .doesNotContain(HexFormat.of().formatHex(key.toBytes()))
          .doesNotContain(Base64.getEncoder().encodeToString(key.toBytes()).substring(0, 20));
    }
  }

  private TurnLookup find(String name) {
    return accounts.turn().find(name).join();
  }

  private void expectKeys(String account, String realm, String password) {
    assertThat(find(account))
        .isInstanceOfSatisfying(
            Known.class,
            known -> {
              assertThat(known.account()).isEqualTo(account);
              expectKey(known.md5(), PasswordAlgorithm.MD5, account, realm, password);
              expectKey(known.sha256(), PasswordAlgorithm.SHA_256, account, realm, password);
            });
  }

  private static void expectKey(
      StunKey key, PasswordAlgorithm algorithm, String account, String realm, String password) {
    assertThat(key.toBytes())
        .isEqualTo(StunKey.longTerm(algorithm, account, realm, password).toBytes());
  }

  private void logIn(String account, String password) {
    assertThat(accounts.login(account, password, HOME).join())
        .isInstanceOf(LoginResult.Accepted.class);
  }

  private static void soon(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(5)).until(condition);
  }
}
