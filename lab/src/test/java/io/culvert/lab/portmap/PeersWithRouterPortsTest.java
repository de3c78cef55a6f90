package io.culvert.lab.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.PathReport;
import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.Miniupnpd;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alice and bob behind routers that give each destination another port, any one. */
@InLab
@NeedsMiniupnpd
@Timeout(60)
class PeersWithRouterPortsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private static java.nio.file.Path data;
  @TempDir private java.nio.file.Path folder;
  private Lab lab;
  private Router home;
  private Host alicesHost;
  private Host bobsHost;
  private AccountServer server;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @BeforeEach
  void build() throws Exception {
    lab = Lab.open();
    Router internet = lab.router("internet", NatKind.PORT_RESTRICTED, Miniupnpd.PUBLIC_LAN);
    home = internet.router("home", NatKind.SYMMETRIC);
    alicesHost = home.host("alice");
    bobsHost = internet.router("bobs", NatKind.SYMMETRIC).host("bob");
    Host host = internet.host("server");
    server = host.run(() -> AccountServer.start(host.address(), data));
  }

  @AfterEach
  void tearDown() {
    server.close();
    lab.close();
  }

  @Test
  void oneRouterThatOpensPortsIsEnoughAndHasItsPortBackInTheEnd() throws Exception {
    try (Miniupnpd gateway = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        Peer bob = open(bobsHost, "bob", true)) {
      try (Peer alice = open(alicesHost, "alice", true);
          Connection toBob = alice.connect("bob");
          Connection toAlice = bob.accept(SOON).orElseThrow()) {
        await().atMost(SOON).until(() -> isDirect(toBob) && isDirect(toAlice));
        InetSocketAddress port = toAlice.path().orElseThrow().remote();
        assertThat(port.getAddress()).isEqualTo(home.address());
        assertThat(toBob.why().notes())
            .containsExactly(
                "The router here gives us a port by PCP: %s:%d."
                    .formatted(port.getAddress().getHostAddress(), port.getPort()));
        assertThat(toBob.why().portIsOpen()).isTrue();
        assertThat(toAlice.why().portIsOpen()).isFalse();
        assertThat(gateway.redirections()).contains("dport");
      }
      assertThat(gateway.redirections()).doesNotContain("dport");
    }
  }

  @Test
  void aRouterThatOpensPortsOnlyLaterMakesARunningConnectionDirect() throws Exception {
    try (Peer bob = open(bobsHost, "bob", true);
        Peer alice = open(alicesHost, "alice", true);
        Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept(SOON).orElseThrow()) {
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(toBob.why().notes())
                  .containsExactly(
                      "The router here opens no ports: it answers to none of PCP, NAT-PMP and UPnP."));
      assertThat(isDirect(toBob)).isFalse();
      assertThat(toBob.why().advice()).singleElement().asString().contains("open ports");

      try (Miniupnpd gateway = Miniupnpd.start(home, folder, Miniupnpd.PCP)) {
        await().atMost(SOON).until(() -> isDirect(toBob) && isDirect(toAlice));
        assertThat(toBob.why().portIsOpen()).isTrue();
        assertThat(gateway.requestsForPorts()).isPositive();
      }
    }
  }

  @Test
  void aRouterThatComesBackWithAnotherAddressOpensThePortThereAtOnce() throws Exception {
    try (Miniupnpd gateway = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        Peer bob = open(bobsHost, "bob", true);
        Peer alice = open(alicesHost, "alice", true);
        Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept(SOON).orElseThrow()) {
      await().atMost(SOON).until(() -> isDirect(toBob) && isDirect(toAlice));
      InetAddress before = home.address();
      home.rebootWithNewAddress();
      gateway.restart();

      assertThat(home.address()).isNotEqualTo(before);
      await().atMost(SOON).until(() -> isDirect(toBob) && findsAWayTo(home.address(), toAlice));
      assertThat(toBob.why().notes())
          .singleElement()
          .asString()
          .contains("gives us a port by PCP: " + home.address().getHostAddress());
    }
  }

  @Test
  void whoWantsToDoWithoutAsksNobody() throws Exception {
    try (Miniupnpd gateway = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        Peer bob = open(bobsHost, "bob", true);
        Peer alice = open(alicesHost, "alice", false);
        Connection toBob = alice.connect("bob");
        Connection toAlice = bob.accept(SOON).orElseThrow()) {
      await().atMost(SOON).until(() -> !toAlice.why().notes().isEmpty());
      assertThat(toBob.why().notes()).isEmpty();
      assertThat(gateway.redirections()).doesNotContain("dport");
    }
  }

  private Peer open(Host host, String name, boolean portMapping) throws Exception {
    return host.run(() -> open(name, portMapping));
  }

  private Peer open(String name, boolean portMapping) throws IOException, InterruptedException {
    return Peer.builder()
        .login(server.login(name))
        .directory(folder.resolve(name))
        .portMapping(portMapping)
        .open();
  }

  private static boolean findsAWayTo(InetAddress address, Connection connection) {
    return connection.why().ways().stream()
        .anyMatch(way ->
            !way.throughOurRelay()
                && way.remote().getAddress().equals(address)
                && way.roundTrip().isPresent());
  }

  private static boolean isDirect(Connection connection) {
    Optional<PathReport> path = connection.path();
    return path.isPresent() && path.get().kind() == Path.PUBLIC;
  }
}
