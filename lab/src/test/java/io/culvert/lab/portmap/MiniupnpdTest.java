package io.culvert.lab.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.Miniupnpd;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Finding.Outcome;
import io.culvert.traversal.portmap.Mapping;
import io.culvert.traversal.portmap.Means;
import io.culvert.wire.portmap.PortProtocol;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A symmetric router that gives ports away, as many at home do. It stands in the LAN of another
 * router, which plays the internet: miniupnpd works only at an address that is a public one, and
 * those of the laboratory's internet are for documentation. The tests mostly wait, so they run side
 * by side.
 */
@InLab
@NeedsMiniupnpd
@Execution(ExecutionMode.CONCURRENT)
@Timeout(60)
class MiniupnpdTest {
  /** RFC 6887 begins with its version; drops what begins so. */
  private static final String NO_PCP =
      """
      table inet nopcp {
        chain input {
          type filter hook input priority filter;
          udp dport 5351 @th,64,8 2 drop
        }
      }
      """;

  @TempDir private Path folder;
  private Lab lab;
  private Router internet;
  private Router home;
  private Host server;
  private DatagramSocket stun;
  private DatagramSocket peer;

  @BeforeEach
  void build() throws Exception {
    lab = Lab.open();
    internet = lab.router("internet", NatKind.PORT_RESTRICTED, Miniupnpd.PUBLIC_LAN);
    home = internet.router("home", NatKind.SYMMETRIC, "192.168.1.0/24");
    server = internet.host("server");
    stun = server.run(() -> new DatagramSocket());
    peer = internet.host("peer").run(() -> new DatagramSocket());
  }

  @AfterEach
  void tearDown() {
    stun.close();
    peer.close();
    lab.close();
  }

  @Test
  void byPcpPeersReachAPortBehindASymmetricNatUntilItIsGivenBack() throws Exception {
    try (Miniupnpd daemon = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        Resident alice = Resident.of(home.host("alice"))) {
      reachesAlice(alice, daemon, Means.PCP);
    }
  }

  @Test
  void byNatPmpToo() throws Exception {
    try (Miniupnpd daemon = Miniupnpd.start(home, folder, Miniupnpd.PCP)) {
      daemon.nft(NO_PCP);
      try (Resident alice = Resident.of(home.host("alice"))) {
        reachesAlice(alice, daemon, Means.NAT_PMP);
      }
    }
  }

  @Test
  void byUpnpToo() throws Exception {
    try (Miniupnpd daemon = Miniupnpd.start(home, folder, "enable_natpmp=no");
        Resident alice = Resident.of(home.host("alice"))) {
      reachesAlice(alice, daemon, Means.UPNP);
    }
  }

  @Test
  void aTcpPortToo() throws Exception {
    Host host = home.host("alice");
    try (Miniupnpd daemon = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        ServerSocket listener = host.run(() -> new ServerSocket(0));
        Resident alice =
            Resident.of(host, listener.getLocalPort(), PortProtocol.UDP, PortProtocol.TCP)) {
      alice.learnsItsAddressFrom(stun, server.address());
      Mapping mapping = mappingOf(alice, PortProtocol.TCP);
      assertThat(mapping.external().getAddress()).isEqualTo(home.address());
      assertThat(daemon.redirections()).contains("0x6 th dport", "0x11 th dport");

      listener.setSoTimeout(3000);
      try (Socket dialed = server.run(() -> dial(mapping.external()));
          Socket accepted = listener.accept()) {
        assertThat(accepted.getRemoteSocketAddress()).isEqualTo(dialed.getLocalSocketAddress());
      }
    }
  }

  @Test
  void aPortIsRenewedAtHalfOfItsLife() throws Exception {
    try (Miniupnpd daemon =
            Miniupnpd.start(home, folder, Miniupnpd.PCP, "min_lifetime=30", "max_lifetime=32");
        Resident alice = Resident.of(home.host("alice"))) {
      alice.learnsItsAddressFrom(stun, server.address());
      Mapping mapping = mappingOf(alice, PortProtocol.UDP);
      assertThat(daemon.requestsForPorts()).isEqualTo(1);

      await().atMost(Duration.ofSeconds(25)).until(() -> daemon.requestsForPorts() == 2);
      assertThat(alice.getsWhatIsSent(peer, mapping.external())).isTrue();
      assertThat(alice.everOpened()).containsExactly(mapping);
    }
  }

  @Test
  void aGatewayThatHasForgottenThePortIsAskedAgainWhenItSaysSo() throws Exception {
    try (Miniupnpd daemon = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        Resident alice = Resident.of(home.host("alice"))) {
      alice.learnsItsAddressFrom(stun, server.address());
      Mapping mapping = mappingOf(alice, PortProtocol.UDP);
      // So that the age of its memory is another one afterwards.
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);

      daemon.restart();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> daemon.redirections().contains("dport " + mapping.external().getPort()));
      assertThat(alice.getsWhatIsSent(peer, mapping.external())).isTrue();
    }
  }

  /** S49: the gateway's address is not the one that the internet sees. */
  @Test
  void behindTwoNatsThePortOfTheInnerOneIsOfNoUse() throws Exception {
    Host farAway = lab.host("far-away");
    try (Miniupnpd daemon = Miniupnpd.start(home, folder, Miniupnpd.PCP);
        DatagramSocket outside = farAway.run(() -> new DatagramSocket());
        Resident alice = Resident.of(home.host("alice"))) {
      assertThat(alice.learnsItsAddressFrom(outside, farAway.address()))
          .isEqualTo(internet.address());
      await()
          .untilAsserted(() ->
              assertThat(alice.findings())
                  .filteredOn(finding -> finding.outcome() == Outcome.DOUBLE_NAT)
                  .singleElement()
                  .extracting(Finding::sentence)
                  .asString()
                  .endsWith(
                      "by PCP, but outside we are %s: it is itself behind a NAT."
                          .formatted(internet.address().getHostAddress())));
      assertThat(alice.everOpened()).isEmpty();
      assertThat(daemon.redirections()).contains("dport");
    }
  }

  @Test
  void aRouterThatGivesNothingAwayIsAskedInVain() throws Exception {
    try (Resident alice = Resident.of(home.host("alice"))) {
      alice.learnsItsAddressFrom(stun, server.address());
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThat(alice.findings())
                  .extracting(Finding::outcome)
                  .containsOnly(Outcome.ABSENT)
                  .hasSize(3));
      assertThat(alice.everOpened()).isEmpty();
    }
  }

  private static Socket dial(InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    socket.connect(to, 3000);
    return socket;
  }

  private void reachesAlice(Resident alice, Miniupnpd daemon, Means means) throws Exception {
    alice.learnsItsAddressFrom(stun, server.address());
    Mapping mapping = mappingOf(alice, PortProtocol.UDP);
    assertThat(mapping.by()).isEqualTo(means);
    assertThat(mapping.external().getAddress()).isEqualTo(home.address());
    assertThat(alice.getsWhatIsSent(peer, mapping.external())).isTrue();
    assertThat(daemon.redirections()).contains("dport " + mapping.external().getPort());

    alice.leave();
    assertThat(alice.mapping(PortProtocol.UDP)).isEmpty();
    await().untilAsserted(() -> assertThat(daemon.redirections()).doesNotContain("dport"));
    DatagramSocket stranger = internet.host("stranger").run(() -> new DatagramSocket());
    assertThat(alice.getsWhatIsSent(stranger, mapping.external())).isFalse();
    stranger.close();
  }

  private static Mapping mappingOf(Resident resident, PortProtocol protocol) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> resident.mapping(protocol), Optional::isPresent)
        .orElseThrow();
  }
}
