package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Explanation.Way;
import io.culvert.client.peer.PathReport;
import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers behind routers that let no UDP pass, with a server that relays to nobody. */
@InLab
@Timeout(40)
class DirectTcpTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  /** The first attempts come 5 s after one that has failed. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static final String NO_RELAY = "turn.allow-peers=[]";

  /** Its number, two addresses and its state. */
  private static final Pattern CONNECTED = Pattern.compile(" *\\d+: \\S+ \\S+ 01 .*");

  @TempDir private static java.nio.file.Path data;
  @TempDir private java.nio.file.Path homes;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @Test
  void whereBothRoutersBlockUdpFiveMegabytesGoDirectlyByTcp() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.UDP_BLOCKED),
          lab.peer("bob", NatKind.UDP_BLOCKED),
          DirectTcpTest::fiveMegabytesGoDirectlyByTcp);
    }
  }

  @Test
  void oneSuchRouterIsEnoughForThat() throws Exception {
    try (Lab lab = Lab.open()) {
      meet(
          lab,
          lab.peer("alice", NatKind.PORT_RESTRICTED),
          lab.peer("bob", NatKind.UDP_BLOCKED),
          DirectTcpTest::fiveMegabytesGoDirectlyByTcp);
    }
  }

  @Test
  void nothingIsLeftOfTheTcpConnectionWhenTheConnectionIsClosed() throws Exception {
    try (Lab lab = Lab.open()) {
      Host bobsHost = lab.peer("bob", NatKind.UDP_BLOCKED);
      meet(
          lab,
          lab.peer("alice", NatKind.UDP_BLOCKED),
          bobsHost,
          (toBob, toAlice) -> {
            await().atMost(SOON).until(() -> isOverTcp(toAlice));
            InetAddress alice = toAlice.path().orElseThrow().remote().getAddress();
            assertThat(tcpConnections(bobsHost, alice)).isOne();
            toBob.close();
            await().atMost(SOON).until(() -> tcpConnections(bobsHost, alice) == 0);
          });
    }
  }

  @Test
  void whenTheRouterHasAnotherAddressAnotherConnectionIsOpenedAtOnce() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.UDP_BLOCKED);
      meet(
          lab,
          lab.peer("alice", NatKind.UDP_BLOCKED),
          home.host("bob"),
          (toBob, toAlice) -> {
            await().atMost(SOON).until(() -> isOverTcp(toBob) && isOverTcp(toAlice));
            try (Transfer transfer = Transfer.steady(toAlice, toBob, Duration.ofSeconds(4))) {
              home.rebootWithNewAddress();
              await().atMost(AT_ONCE).until(() -> isAt(toBob, home) && isOverTcp(toAlice));
              transfer.await(SOON);
            }
          });
    }
  }

  private static boolean isAt(Connection connection, Router router) {
    return isOverTcp(connection)
        && connection.path().orElseThrow().remote().getAddress().equals(router.address());
  }

  private static void fiveMegabytesGoDirectlyByTcp(Connection toBob, Connection toAlice)
      throws Exception {
    await().atMost(SOON).until(() -> isOverTcp(toBob) && isOverTcp(toAlice));
    try (Transfer transfer = Transfer.bulk(toBob, toAlice, 5_000_000)) {
      assertThat(transfer.await(SOON).bytes()).isGreaterThanOrEqualTo(5_000_000);
    }
    assertThat(toBob.path().orElseThrow().toString())
        .matches("direct tcp 203\\.0\\.113\\.\\d+:\\d+, \\d+ ms");
    assertThat(toBob.why().isDirect()).isTrue();
    assertThat(direct(toBob)).isNotEmpty().allMatch(Way::tcp);
    assertThat(direct(toAlice)).isNotEmpty().allMatch(Way::tcp);
  }

  private static List<Way> direct(Connection connection) {
    return connection.why().ways().stream()
        .filter(way -> way.answered() > 0 && way.kind() != Path.RELAY)
        .toList();
  }

  private static boolean isOverTcp(Connection connection) {
    Optional<PathReport> path = connection.path();
    return path.filter(PathReport::tcp).filter(way -> way.kind() == Path.PUBLIC).isPresent();
  }

  private static int tcpConnections(Host host, InetAddress to) throws Exception {
    byte[] ip = to.getAddress();
    String other = " %02X%02X%02X%02X:".formatted(ip[3], ip[2], ip[1], ip[0]);
    return host.run(() ->
        Math.toIntExact(
            Files.readAllLines(java.nio.file.Path.of("/proc/thread-self/net/tcp")).stream()
                .filter(CONNECTED.asMatchPredicate())
                .filter(line -> line.contains(other))
                .count()));
  }

  private interface Meeting {
    void of(Connection toBob, Connection toAlice) throws Exception;
  }

  private void meet(Lab lab, Host alicesHost, Host bobsHost, Meeting meeting) throws Exception {
    Host host = lab.host("server");
    try (AccountServer server =
            host.run(() -> AccountServer.start(host.address(), data, NO_RELAY));
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
}
