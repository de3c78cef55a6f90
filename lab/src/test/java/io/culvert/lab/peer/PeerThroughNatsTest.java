package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Explanation.Nat;
import io.culvert.client.peer.PathReport;
import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers behind the kernel's NATs. */
@InLab
@Timeout(90)
class PeerThroughNatsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private static java.nio.file.Path data;
  @TempDir private java.nio.file.Path homes;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @Test
  void ordinaryRoutersArePassedDirectly() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.PORT_RESTRICTED),
          lab.peer("bob", NatKind.PORT_RESTRICTED),
          (toBob, toAlice) -> {
            await().atMost(SOON).until(() -> is(Path.PUBLIC, toBob) && is(Path.PUBLIC, toAlice));
            Transfer.expect(toBob, toAlice, 2_000_000, () -> {});
          });
    }
  }

  @Test
  void aRouterThatAnswersStrangersHearsNothingTooEarly() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.ANSWERING),
          lab.peer("bob", NatKind.CARRIER_GRADE),
          (toBob, toAlice) -> {
            await().atMost(SOON).until(() -> is(Path.PUBLIC, toBob) && is(Path.PUBLIC, toAlice));
            assertThat(toBob.path().orElseThrow().toString()).startsWith("direct udp");
          });
    }
  }

  @Test
  void throughSymmetricOnesTheRelayCarriesTheSameStreams() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.SYMMETRIC),
          lab.peer("bob", NatKind.SYMMETRIC),
          (toBob, toAlice) -> {
            Transfer.expect(toBob, toAlice, 2_000_000, () -> {});
            assertThat(is(Path.RELAY, toBob)).isTrue();
            await().atMost(SOON).until(() -> toBob.why().theirs() != Nat.UNKNOWN);
            assertThat(toBob.why().toString())
                .startsWith("bob is connected: relayed udp 203.0.113.")
                .contains("The NAT here: another port for each destination")
                .contains("The NAT of bob: another port for each destination")
                .contains("0 answered")
                .contains("What would help:\n  Both routers give each destination another port");
          });
    }
  }

  @Test
  void anotherConnectionOverTheRelayWorksLikeTheOneBefore() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      Host alicesHost = lab.peer("alice", NatKind.SYMMETRIC);
      Host bobsHost = lab.peer("bob", NatKind.SYMMETRIC);
      try (AccountServer server = host.run(() -> AccountServer.start(host.address(), data));
          Peer alice = alicesHost.run(() -> open(server, "alice"));
          Peer bob = bobsHost.run(() -> open(server, "bob"))) {
        for (int i = 0; i < 2; i++) {
          try (Connection toBob = alice.connect("bob", SOON);
              Connection toAlice = bob.accept(SOON).orElseThrow()) {
            await().atMost(SOON).until(() -> is(Path.RELAY, toBob) && is(Path.RELAY, toAlice));
            Transfer.expect(toBob, toAlice, 200_000, () -> {});
          }
        }
      }
    }
  }

  @Test
  void aHardRouterIsPassedWhileDataFlow() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.SYMMETRIC),
          lab.peer("bob", NatKind.ANSWERING),
          (toBob, toAlice) -> {
            toBob.onPath(path -> {
              throw new IllegalStateException(path + " disturbs nothing but this listener");
            });
            Transfer.expect(
                toBob,
                toAlice,
                20_000_000,
                () ->
                    await()
                        .atMost(Duration.ofSeconds(80))
                        .until(() -> is(Path.PUBLIC, toBob) && is(Path.PUBLIC, toAlice)));
            Transfer.expect(toAlice, toBob, 2_000_000, () -> {});
          });
    }
  }

  @Test
  void aTransferSurvivesTheRebootOfARouter() throws Exception {
    try (Lab lab = Lab.open()) {
      Router router = lab.router("home", NatKind.PORT_RESTRICTED);
      meet(
          lab,
          router.host("alice"),
          lab.peer("bob", NatKind.PORT_RESTRICTED),
          (toBob, toAlice) -> {
            await().atMost(SOON).until(() -> is(Path.PUBLIC, toBob) && is(Path.PUBLIC, toAlice));
            Transfer.expect(toBob, toAlice, 40_000_000, router::reboot);
          });
    }
  }

  @Test
  void aTransferSurvivesTheRestartOfTheRelay() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      AccountServer first = host.run(() -> AccountServer.start(host.address(), data));
      try (Peer alice = lab.peer("alice", NatKind.SYMMETRIC).run(() -> open(first, "alice"));
          Peer bob = lab.peer("bob", NatKind.SYMMETRIC).run(() -> open(first, "bob"));
          Connection toBob = alice.connect("bob");
          Connection toAlice = bob.accept(SOON).orElseThrow()) {
        AtomicReference<AccountServer> second = new AtomicReference<>(first);
        try {
          Transfer.expect(
              toBob, toAlice, 20_000_000, () -> second.set(host.run(() -> first.again())));
          Transfer.expect(toAlice, toBob, 2_000_000, () -> {}); // surely by the new one
          assertThat(is(Path.RELAY, toBob)).isTrue();
        } finally {
          second.get().close();
        }
      }
    }
  }

  private interface Meeting {
    void of(Connection toBob, Connection toAlice) throws Exception;
  }

  private void meet(Lab lab, Host alicesHost, Host bobsHost, Meeting meeting) throws Exception {
    Host host = lab.host("server");
    try (AccountServer server = host.run(() -> AccountServer.start(host.address(), data));
        Peer alice = alicesHost.run(() -> open(server, "alice"));
        Peer bob = bobsHost.run(() -> open(server, "bob"));
        Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept(SOON).orElseThrow()) {
      meeting.of(toBob, toAlice);
    }
  }

  private Peer open(AccountServer server, String name) throws IOException, InterruptedException {
    return Peer.builder().login(server.login(name)).directory(homes.resolve(name)).open();
  }

  private static boolean is(Path kind, Connection connection) {
    Optional<PathReport> path = connection.path();
    return path.isPresent() && path.get().kind() == kind;
  }
}
