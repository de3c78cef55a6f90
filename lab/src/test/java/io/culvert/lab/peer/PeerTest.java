package io.culvert.lab.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Explanation;
import io.culvert.client.peer.Peer;
import io.culvert.client.peer.Stream;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.lab.AccountServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers on one machine, with the whole server. */
@Timeout(60)
class PeerTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  @TempDir private static Path data;
  @TempDir private Path homes;
  private AccountServer server;
  private Peer alice;
  private Peer bob;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @BeforeEach
  void start() throws Exception {
    server = AccountServer.start(HERE, data, "turn.allow-loopback-peers=true");
    alice = open("alice");
    bob = open("bob");
  }

  @AfterEach
  void stop() {
    alice.close();
    bob.close();
    server.close();
  }

  private Peer open(String name) throws IOException, InterruptedException {
    return Peer.builder()
        .login(server.login(name))
        .directory(homes.resolve(name))
        .portMapping(false) // both are here
        .open();
  }

  @Test
  void whatIsSentOnAStreamArrives() throws Exception {
    byte[] much = new byte[3_000_000];
    new Random(1).nextBytes(much);
    try (Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept()) {
      assertThat(toBob.peer()).isEqualTo("bob");
      assertThat(toAlice.peer()).isEqualTo("alice");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Stream stream = toBob.openStream();
                  stream.output().write(much);
                  stream.shutdownOutput();
                } catch (IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(toAlice.acceptStream().input().readAllBytes()).isEqualTo(much);
      writer.join();
    }
  }

  @Test
  void datagramsArriveToo() throws Exception {
    try (Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept()) {
      toBob.sendDatagram(ByteBuffer.wrap("hello".getBytes(UTF_8)));
      assertThat(toAlice.receiveDatagram()).isEqualTo("hello".getBytes(UTF_8));
    }
  }

  @Test
  void thePathIsKnown() throws Exception {
    try (Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept()) {
      await().until(() -> toBob.why().isDirect() && toAlice.why().isDirect());
      assertThat(toAlice.path().orElseThrow().toString()).contains(" udp ").endsWith(" ms");
      assertThat(toBob.why().toString())
          .startsWith("bob is connected: local udp 127.0.0.1:")
          .contains("works, ")
          .doesNotContain("What would help");
    }
  }

  @Test
  void theWayMayBeAskedForWhereTheConnectionIsTold() throws Exception {
    Explanation first =
        alice.connectAsync("bob").thenApply(Connection::why).get(10, TimeUnit.SECONDS);
    assertThat(first.toString()).contains("The NAT of bob");
  }

  @Test
  void whyIsKnownAfterTheEndToo() throws Exception {
    Connection toBob = alice.connect("bob");
    toBob.close();
    toBob.ended().get(10, TimeUnit.SECONDS);
    alice.close();
    await().until(() -> toBob.path().isEmpty());
    assertThat(toBob.why().toString()).contains("Tried:");
  }

  @Test
  void whoWaitsForAPeerHearsThatThereWillBeNone() throws Exception {
    CompletableFuture<Throwable> heard = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (Connection nobody = bob.accept()) {
            heard.complete(new AssertionError(nobody.peer() + " has connected"));
          } catch (IOException | InterruptedException e) {
            heard.complete(e);
          }
        });
    bob.close();
    assertThat(heard.get(10, TimeUnit.SECONDS)).hasMessage("This peer was closed meanwhile.");
  }

  @Test
  void connectionsBetweenTheSameTwoDoNotGetMixedUp() throws Exception {
    List<CompletableFuture<Connection>> calls =
        List.of(alice.connectAsync("bob"), bob.connectAsync("alice"), alice.connectAsync("bob"));
    List<Connection> callers = new ArrayList<>();
    for (CompletableFuture<Connection> call : calls) {
      callers.add(call.get());
    }
    List<Connection> callees = new ArrayList<>(List.of(alice.accept(), bob.accept(), bob.accept()));
    for (int i = 0; i < callers.size(); i++) {
      try (Stream stream = callers.get(i).openStream()) {
        stream.output().write(i);
      }
    }
    List<Integer> heard = new ArrayList<>();
    for (Connection callee : callees) {
      heard.add(callee.acceptStream(Duration.ofSeconds(10)).input().read());
    }
    assertThat(heard.getFirst()).isEqualTo(1);
    assertThat(heard).containsExactlyInAnyOrder(0, 1, 2);
    callers.getFirst().close();
    try (Stream stream = callers.getLast().openStream()) {
      stream.output().write(9);
    }
    callees.removeFirst();
    Connection last = callees.get(heard.indexOf(2) - 1);
    assertThat(last.acceptStream(Duration.ofSeconds(10)).input().read()).isEqualTo(9);
  }

  @Test
  void whoIsNotOnlineCannotBeConnectedTo() {
    assertThatExceptionOfType(CulvertException.class)
        .isThrownBy(() -> alice.connect("carol"))
        .withMessage("carol is not online at this server.")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PEER_OFFLINE));
  }

  @Test
  void nobodyConnectsToOneself() {
    assertThatExceptionOfType(CulvertException.class)
        .isThrownBy(() -> alice.connect("alice"))
        .withMessage("alice is you yourself.");
  }

  @Test
  void withoutTheServerThereAreNoNewConnectionsAndThatIsSaid() {
    server.close();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThatExceptionOfType(CulvertException.class)
                .isThrownBy(() -> alice.connect("bob", Duration.ofSeconds(2)))
                .withMessage("There is no connection to the server at the moment.")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SERVER_LOST)));
  }

  @Test
  void aPeerWithAnotherIdentityThanBeforeIsRefused() throws Exception {
    try (Connection first = alice.connect("bob")) {
      assertThat(first.peer()).isEqualTo("bob");
    }
    bob.close();
    Files.delete(homes.resolve("bob").resolve("identity.pem"));
    bob = open("bob");
    assertThatExceptionOfType(CulvertException.class)
        .isThrownBy(() -> alice.connect("bob"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PEER_NOT_TRUSTED))
        .withMessageContaining("known_peers");
  }

  @Test
  void theServerThatWasMetFirstIsBelievedAgain() throws Exception {
    alice.close();
    alice = open("alice");
    Path known = homes.resolve("alice").resolve("known_servers");
    assertThat(Files.readAllLines(known))
        .containsExactly(
            "127.0.0.1:%d %s"
                .formatted(server.ports().account(), server.fingerprint().attribute()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(known)))
        .isEqualTo("rw-------");
  }

  @Test
  void aServerWithAnotherCertificateThanBeforeIsRefused() throws Exception {
    alice.close();
    server.close();
    Files.delete(data.resolve("tls.pem"));
    server = server.again();
    Path known = homes.resolve("alice").resolve("known_servers");
    assertThatExceptionOfType(CulvertException.class)
        .isThrownBy(() -> open("alice"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SERVER_NOT_TRUSTED))
        .withMessageContaining("is not the one that was remembered: " + server.fingerprint())
        .withMessageEndingWith(
            "What it has shown before is in line 1 of %s: delete that line if the operator confirms that it is another now.",
            known);
    Files.delete(known);
    alice = open("alice");
    assertThat(Files.readString(known)).contains(server.fingerprint().attribute());
  }

  @Test
  void aCertificateThatIsGivenIsNotRemembered() throws Exception {
    Path home = homes.resolve("pinned");
    FlowLogin login = server.login("alice");
    try (Peer pinned =
        Peer.builder()
            .login(login)
            .trust(TlsPolicy.REQUIRED, new ServerTrust.Pinned(server.fingerprint()))
            .directory(home)
            .portMapping(false)
            .open()) {
      assertThat(pinned.account()).isEqualTo("alice");
    }
    assertThat(home.resolve("identity.pem")).exists();
    assertThat(home.resolve("known_servers")).doesNotExist();
  }

  @Test
  void aConnectionLivesOnWhenThePeerIsNotOnlineAnyMoreAndWhenNobodyIs() throws Exception {
    try (Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept()) {
      try (Peer usurper = open("alice")) {
        assertThat(usurper.account()).isEqualTo("alice");
        Transfer.expect(toBob, toAlice, 100_000, () -> {});
      }
      server.close();
      Transfer.expect(toAlice, toBob, 100_000, () -> {});
    }
  }

  @Test
  void whenOneEndIsClosedTheOtherEndsSoon() throws Exception {
    Connection toBob = alice.connect("bob");
    Connection toAlice = bob.accept(Duration.ofSeconds(10)).orElseThrow();
    toBob.close();
    assertThat(toAlice.ended().get().sentence()).isNotEmpty();
  }

  @Test
  void whatWasSentBeforeTheEndArrivesAndTheEndIsTheConnectionsOwn() throws Exception {
    Connection toBob = alice.connect("bob");
    Connection toAlice = bob.accept(Duration.ofSeconds(10)).orElseThrow();
    Stream stream = toBob.openStream();
    stream.output().write("last words".getBytes(UTF_8));
    stream.shutdownOutput();
    assertThat(toAlice.acceptStream().input().readAllBytes())
        .isEqualTo("last words".getBytes(UTF_8));
    toBob.close();
    assertThat(toAlice.ended().get().sentence()).isEqualTo("alice has closed the connection.");
  }
}
