package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Explanation.Nat;
import io.culvert.client.peer.PathReport;
import io.culvert.client.peer.Peer;
import io.culvert.client.peer.Stream;
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
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
            expectTransfer(toBob, toAlice, 2_000_000, () -> {});
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
            expectTransfer(toBob, toAlice, 2_000_000, () -> {});
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
  void aHardRouterIsPassedWhileDataFlow() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.SYMMETRIC),
          lab.peer("bob", NatKind.PORT_RESTRICTED),
          (toBob, toAlice) -> {
            expectTransfer(
                toBob,
                toAlice,
                20_000_000,
                () ->
                    await()
                        .atMost(Duration.ofSeconds(80))
                        .until(() -> is(Path.PUBLIC, toBob) && is(Path.PUBLIC, toAlice)));
            expectTransfer(toAlice, toBob, 2_000_000, () -> {});
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
            expectTransfer(toBob, toAlice, 40_000_000, router::reboot);
          });
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

  /** Something happens in the middle. */
  private static void expectTransfer(
      Connection from, Connection to, int bytes, Runnable inTheMiddle) throws Exception {
    byte[] sent = new byte[bytes];
    new Random(bytes).nextBytes(sent);
    AtomicLong read = new AtomicLong();
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (Stream stream = to.acceptStream()) {
            byte[] all = new byte[bytes];
            int at = 0;
            for (int n = 0; n >= 0 && at < bytes; n = stream.input().read(all, at, bytes - at)) {
              at += n;
              read.set(at);
            }
            received.complete(all);
          } catch (IOException | InterruptedException e) {
            received.completeExceptionally(e);
          }
        });
    Thread.ofVirtual()
        .start(() -> {
          try {
            Stream stream = from.openStream();
            stream.output().write(sent);
            stream.shutdownOutput();
          } catch (IOException | InterruptedException e) {
            received.completeExceptionally(e);
          }
        });
    await().until(() -> read.get() >= bytes / 4 || received.isDone());
    inTheMiddle.run();
    assertThat(received.get()).isEqualTo(sent);
  }
}
