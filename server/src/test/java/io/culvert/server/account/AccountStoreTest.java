package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.server.account.Accounts.PasswordTest;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class AccountStoreTest {
  @TempDir private static Path dir;

  private final VirtualTime time = new VirtualTime();
  private final TestDatabase database;
  private final AccountStore store;

  AccountStoreTest(Kind kind) throws Exception {
    database = TestDatabases.fresh(kind, dir);
    store = AccountStore.open(database.data(), database.config(), "culvert", time);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void anAddedAccountIsThereAfterTheStoreHasBeenOpenedAnew() throws Exception {
    assertThat(store.add("alice", "secret")).isTrue();

    try (AccountStore again = AccountStore.open(database.data(), database.config(), "culvert")) {
      assertThat(again.list())
          .containsExactly(new Account("alice", false, time.instant(), Optional.empty(), 0));
    }
  }

  @Test
  void aNameIsGivenOnce() throws Exception {
    store.add("alice", "secret");

    assertThat(store.add("alice", "other")).isFalse();
    assertThat(store.add("Alice", "other")).isTrue();
    assertThat(store.list()).extracting(Account::name).containsExactly("Alice", "alice");
  }

  @Test
  void ofThoseWhoWantTheSameNameAtTheSameTimeOneGetsIt() throws Exception {
    try (AccountStore other = AccountStore.open(database.data(), database.config(), "culvert");
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> adds = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        AccountStore one = i % 2 == 0 ? store : other;
        adds.add(() -> one.add("alice", "secret"));
      }
      List<Boolean> added = new ArrayList<>();
      for (Future<Boolean> future : threads.invokeAll(adds)) {
        added.add(future.get());
      }
      assertThat(added).containsOnlyOnce(true).hasSize(8);
    }
  }

  @Test
  void thoseWhoAreAddedLoggedInHaveATokenAndNoPasswordUntilTheyAreGivenOne() throws Exception {
    store.add("alice", "secret");

    List<Session> added =
        store.addLoggedIn(List.of("camera 1", "alice", "camera 2"), Duration.ofDays(1));

    assertThat(added).extracting(Session::account).containsExactly("camera 1", "camera 2");
    assertThat(store.list()).extracting(Account::logins).containsExactly(0, 1, 1);
    try (Accounts accounts =
        Accounts.open(
            database.data(),
            database.config(),
            "culvert",
            Duration.ofDays(1),
            time,
            PasswordTest.real())) {
      for (Session session : added) {
        assertThat(accounts.session(session.token()).join())
            .isEqualTo(new SessionResult.Live(session));
      }
      InetAddress somewhere = InetAddress.ofLiteral("192.0.2.1");
      assertThat(accounts.login("camera 1", "secret", somewhere).join())
          .isEqualTo(new LoginResult.Refused());
      store.changePassword("camera 1", "secret");
      assertThat(accounts.login("camera 1", "secret", somewhere).join())
          .isInstanceOf(LoginResult.Accepted.class);
    }
  }

  @Test
  void ofThoseWhoAreAddedTogetherNobodyIsWhenOneNameCannotBe() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.addLoggedIn(List.of("camera 1", ""), Duration.ofDays(1)));

    assertThat(store.list()).isEmpty();
  }

  @Test
  void thoseWhoOpenANewDatabaseAtTheSameTimeFindTheSameOne() throws Exception {
    TestDatabase empty =
        TestDatabases.fresh(
            database.config().url().isPresent() ? Kind.POSTGRESQL : Kind.SQLITE, dir);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<AccountStore>> opens = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        opens.add(() -> AccountStore.open(empty.data(), empty.config(), "culvert"));
      }
      int n = 0;
      List<Future<AccountStore>> stores = threads.invokeAll(opens);
      for (Future<AccountStore> opened : stores) {
        opened.get().add("account" + n++, "secret");
      }
      for (Future<AccountStore> opened : stores) {
        assertThat(opened.get().list()).hasSize(4);
        opened.get().close();
      }
    }
  }

  @Test
  void whatIsDoneToNobodyIsNotDone() throws Exception {
    assertThat(store.changePassword("nobody", "secret")).isFalse();
    assertThat(store.disable("nobody")).isFalse();
    assertThat(store.enable("nobody")).isFalse();
    assertThat(store.remove("nobody")).isFalse();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void whatIsDoneTwiceIsDone() throws Exception {
    store.add("alice", "secret");

    assertThat(store.disable("alice")).isTrue();
    assertThat(store.disable("alice")).isTrue();
    assertThat(store.list()).allMatch(Account::disabled);
    assertThat(store.enable("alice")).isTrue();
    assertThat(store.enable("alice")).isTrue();
    assertThat(store.list()).noneMatch(Account::disabled);
    assertThat(store.remove("alice")).isTrue();
    assertThat(store.remove("alice")).isFalse();
  }

  @Test
  void theListTellsOfLogins() throws Exception {
    store.add("alice", "secret");
    time.pass(Duration.ofHours(1));
    try (Accounts accounts =
        Accounts.open(
            database.data(),
            database.config(),
            "culvert",
            Duration.ofDays(1),
            time,
            new PasswordTest((_, _) -> true, "", 1, 1))) {
      accounts.login("alice", "secret", InetAddress.ofLiteral("2001:db8::1")).join();
    }

    Account alice = store.list().getFirst();
    assertThat(alice.lastLogin()).contains(time.instant());
    assertThat(alice.logins()).isEqualTo(1);
    time.pass(Duration.ofDays(1));
    assertThat(store.list().getFirst().logins()).isZero();
  }

  @Test
  void namesOfAllScriptsAreKeptInNormalFormC() throws Exception {
    String longest = "\u00fc".repeat(127) + "x";
    store.add("Zoe\u0308", "secret");
    store.add("\u963f\u91cc \ud83d\ude80", "secret");
    store.add(longest, "secret");

    assertThat(store.list())
        .extracting(Account::name)
        .containsExactlyInAnyOrder("Zo\u00eb", "\u963f\u91cc \ud83d\ude80", longest);
    assertThat(store.add("Zo\u00eb", "secret")).isFalse();
    assertThat(store.remove("Zoe\u0308")).isTrue();
  }

  @Test
  void aNameOrPasswordThatCannotBeIsExplained() {
    for (String name :
        List.of(
            "",
            " alice",
            "alice\u00a0",
            "a\nb",
            "a\u0085b",
            "J\ufffdrg",
            "\ud83d",
            "\u00fc".repeat(128))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.add(name, "secret"))
          .withMessageStartingWith("an account's name ");
    }
    for (String password : List.of("", "\ud83d", "\u00fc".repeat(513))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.add("alice", password))
          .withMessageStartingWith("a password ");
    }
  }

  @Test
  void neitherPasswordNorTokenIsInTheDatabase() throws Exception {
    store.add("alice", "the secret of alice");
    try (Accounts accounts =
        Accounts.open(
            database.data(),
            database.config(),
            "culvert",
            Duration.ofDays(1),
            time,
            PasswordTest.real())) {
      LoginResult result =
          accounts.login("alice", "the secret of alice", InetAddress.ofLiteral("192.0.2.1")).join();
      Session session = ((LoginResult.Accepted) result).session();

      assertThat(database.rows("account", "session"))
          .hasSize(2)
          .noneMatch(row -> row.contains("the secret") || row.contains(session.token()))
          .anyMatch(row -> row.contains("$argon2id$v=19$m=19456,t=2,p=1$"))
          .anyMatch(row -> row.contains(Token.id(session.token())));
    }
  }
}
