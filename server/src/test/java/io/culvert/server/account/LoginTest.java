package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.ErrorLog;
import io.culvert.server.account.Accounts.PasswordTest;
import io.culvert.server.account.LoginResult.Accepted;
import io.culvert.server.account.LoginResult.Busy;
import io.culvert.server.account.LoginResult.Refused;
import io.culvert.server.account.LoginResult.TooManyAttempts;
import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a login costs, and what those get who want too much of it. */
class LoginTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");
  private static final String NOBODY = PasswordHash.of("of nobody");

  @TempDir private static Path dir;

  private final VirtualTime time = new VirtualTime();
  private final TestDatabase database = TestDatabases.fresh(Kind.SQLITE, dir);
  private final AccountStore store =
      AccountStore.open(database.data(), database.config(), "culvert", time);

  /** The hashes that passwords have been tested against. */
  private final List<String> tested = new CopyOnWriteArrayList<>();

  private Accounts accounts =
      open((password, hash) -> {
        tested.add(hash);
        return PasswordHash.matches(password, hash);
      });

  LoginTest() throws Exception {
    store.add("alice", "secret");
  }

  private Accounts open(BiPredicate<String, String> matches) throws Exception {
    return Accounts.open(
        database.data(),
        database.config(),
        "culvert",
        Duration.ofDays(1),
        time,
        new PasswordTest(matches, NOBODY, 1, 1));
  }

  private void reopen(BiPredicate<String, String> matches) throws Exception {
    accounts.close();
    accounts = open(matches);
  }

  @AfterEach
  void close() {
    accounts.close();
    store.close();
  }

  @Test
  void anAccountThatDoesNotExistCostsTheSameAsOneThatDoes() throws Exception {
    store.add("bob", "secret");
    store.disable("bob");

    for (String name : List.of("alice", "bob", "nobody")) {
      assertThat(login(name, "wrong")).isEqualTo(new Refused());
    }

    assertThat(tested).hasSize(3).doesNotHaveDuplicates().contains(NOBODY);
    assertThat(tested.stream().map(LoginTest::parameters).distinct()).hasSize(1);
    assertThat(tested.stream().map(String::length).distinct()).hasSize(1);
  }

  /** All of a PHC string but salt and hash. */
  private static String parameters(String hash) {
    return hash.substring(0, hash.indexOf("p=1$"));
  }

  @Test
  void nobodyGetsInAsNobody() {
    assertThat(login("nobody", "of nobody")).isEqualTo(new Refused());
  }

  @Test
  void afterTooManyAttemptsEvenTheRightPasswordIsNotTried() {
    for (int i = 0; i < 10; i++) {
      assertThat(login("alice", "wrong")).isEqualTo(new Refused());
    }

    assertThat(login("alice", "secret")).isEqualTo(new TooManyAttempts(Duration.ofSeconds(1)));
    assertThat(tested).hasSize(10);
    time.pass(Duration.ofSeconds(1));
    assertThat(login("alice", "secret")).isInstanceOf(Accepted.class);
  }

  @Test
  void anAccountThatDoesNotExistIsLockedJustAsWell() {
    for (int i = 0; i < 10; i++) {
      assertThat(login("nobody", "wrong")).isEqualTo(new Refused());
    }

    assertThat(login("nobody", "wrong")).isEqualTo(new TooManyAttempts(Duration.ofSeconds(1)));
  }

  @Test
  void theAddressOfTheOwnerIsRememberedOverARestart() throws Exception {
    assertThat(login("alice", "secret")).isInstanceOf(Accepted.class);
    reopen((_, _) -> false);

    for (int i = 0; i < 20; i++) {
      InetAddress anywhere = InetAddress.ofLiteral("192.0.2." + i);
      assertThat(accounts.login("alice", "wrong", anywhere).join()).isEqualTo(new Refused());
    }

    InetAddress elsewhere = InetAddress.ofLiteral("203.0.113.1");
    assertThat(accounts.login("alice", "wrong", elsewhere).join())
        .isInstanceOf(TooManyAttempts.class);
    assertThat(login("alice", "wrong")).isEqualTo(new Refused());
  }

  @Test
  void theCallerDoesNoneOfTheWork() throws Exception {
    Thread[] worker = new Thread[1];
    reopen((_, _) -> {
      worker[0] = Thread.currentThread();
      return true;
    });

    assertThat(login("alice", "secret")).isInstanceOf(Accepted.class);

    assertThat(worker[0]).isNotSameAs(Thread.currentThread());
  }

  @Test
  void whenAllAreAtWorkAndTheQueueIsFullTheNextIsTurnedAwayAndThatIsNoFailure() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    reopen((_, _) -> {
      started.countDown();
      awaitUninterruptibly(go);
      return true;
    });

    CompletableFuture<LoginResult> first = accounts.login("alice", "secret", HOME);
    started.await();
    CompletableFuture<LoginResult> second = accounts.login("alice", "secret", HOME);
    for (int i = 0; i < 10; i++) {
      assertThat(accounts.login("alice", "secret", HOME)).isCompletedWithValue(new Busy());
    }
    assertThat(second).isNotDone();
    go.countDown();

    assertThat(first.join()).isInstanceOf(Accepted.class);
    assertThat(second.join()).isInstanceOf(Accepted.class);
    assertThat(login("alice", "secret")).isInstanceOf(Accepted.class);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoeverWaitsWhenTheServerStopsGetsAnAnswerAndNobodyIsAlarmed() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    reopen((_, _) -> {
      started.countDown();
      awaitUninterruptibly(go);
      return true;
    });
    CompletableFuture<LoginResult> first = accounts.login("alice", "secret", HOME);
    started.await();
    CompletableFuture<LoginResult> second = accounts.login("alice", "secret", HOME);

    try (ErrorLog log = new ErrorLog()) {
      Thread stopping = Thread.ofPlatform().start(accounts::close);
      go.countDown();
      stopping.join();
      assertThat(log.messages()).isEmpty();
    }

    assertThat(first).isDone();
    assertThat(second).isDone();
  }

  @Test
  void aHashThatIsDamagedIsToldToTheOperatorOnly() throws Exception {
    database.execute("UPDATE account SET password = 'nonsense'");

    try (ErrorLog log = new ErrorLog()) {
      assertThat(login("alice", "secret")).isEqualTo(new LoginResult.Unavailable());
      assertThat(log.messages()).containsExactly("A login could not be handled.");
    }
  }

  private LoginResult login(String account, String password) {
    return accounts.login(account, password, HOME).join();
  }
}
