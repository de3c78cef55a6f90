package io.culvert.lab.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.client.CulvertException;
import io.culvert.client.Proxies;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.meeting.Office;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.HttpProxy;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers behind firewalls that let no UDP through (S38 to S40). The server has a port 443 for all of
 * its services.
 */
@InLab
@Timeout(90)
class PeersWithoutUdpTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MUCH = 5_000_000;

  /** Local address and port, remote address and port, state. */
  private static final Pattern ESTABLISHED_TO_443 =
      Pattern.compile(": [0-9A-F]{8}:([0-9A-F]{4}) [0-9A-F]{8}:01BB 01 ");

  @TempDir private static java.nio.file.Path data;
  @TempDir private java.nio.file.Path homes;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @BeforeEach
  void needsTinyproxy() {
    assumeTrue(HttpProxy.isAvailable(), "Debian's tinyproxy-bin is not installed.");
  }

  @Test
  void whoHasOnlyPort443AndWhoHasOnlyAProxyMeetAtTheRelay() throws Exception {
    try (Lab lab = Lab.open();
        AccountServer server = server(lab)) {
      Office office = Office.open(lab);
      Host desk = office.desk("bob");
      Host home = lab.peer("alice", NatKind.ONLY_TCP_443);
      try (Peer alice = home.run(() -> open(server.loginAtTlsPort("alice", Proxies.none())));
          Peer bob = desk.run(() -> open(server.loginAtTlsPort("bob", office.wayOut())));
          Connection toBob = alice.connect("bob");
          Connection toAlice = bob.accept(SOON).orElseThrow()) {
        await()
            .atMost(SOON)
            .until(() -> toBob.path().filter(path -> path.kind() == Path.RELAY).isPresent());
        Transfer.expect(toBob, toAlice, MUCH, () -> {});
        Transfer.expect(toAlice, toBob, MUCH, () -> {});
      }
    }
  }

  @Test
  void whoHasNoUdpMeetsWhoHas() throws Exception {
    try (Lab lab = Lab.open();
        AccountServer server = server(lab)) {
      Host home = lab.peer("alice", NatKind.UDP_BLOCKED);
      Host other = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Peer alice = home.run(() -> open(server.loginAtTlsPort("alice", Proxies.none())));
          Peer bob = other.run(() -> open(server.loginAtTlsPort("bob", Proxies.none())));
          Connection toAlice = bob.connect("alice");
          Connection toBob = alice.accept(SOON).orElseThrow()) {
        Transfer.expect(toBob, toAlice, MUCH, () -> {});
        Transfer.expect(toAlice, toBob, MUCH, () -> {});
      }
    }
  }

  @Test
  void whatAProxySaysAgainstThePasswordIsSaid() throws Exception {
    try (Lab lab = Lab.open();
        AccountServer server = server(lab)) {
      Office office = Office.open(lab);
      Host desk = office.desk("bob");
      assertThatExceptionOfType(CulvertException.class)
          .isThrownBy(
              () -> desk.run(() -> open(server.loginAtTlsPort("bob", office.wayOut("wrong")))))
          .withMessageContaining(
              "The proxy http://%s does not accept user and password.".formatted(office.address()));
    }
  }

  @Test
  void aConnectionThatBreaksUnderTheRelayIsReplaced() throws Exception {
    try (Lab lab = Lab.open();
        AccountServer server = server(lab)) {
      Host home = lab.peer("alice", NatKind.ONLY_TCP_443);
      Host other = lab.peer("bob", NatKind.SYMMETRIC);
      try (Peer alice = home.run(() -> open(server.loginAtTlsPort("alice", Proxies.none())));
          Peer bob = other.run(() -> open(server.loginAtTlsPort("bob", Proxies.none())));
          Connection toBob = alice.connect("bob");
          Connection toAlice = bob.accept(SOON).orElseThrow()) {
        Transfer.expect(toBob, toAlice, 4 * MUCH, () -> breakConnections(home));
        Transfer.expect(toAlice, toBob, MUCH, () -> {}); // surely by the new one
      }
    }
  }

  private Peer open(FlowLogin login) throws IOException, InterruptedException {
    return Peer.builder().login(login).directory(homes.resolve(login.account())).open();
  }

  private static AccountServer server(Lab lab) throws Exception {
    Host host = lab.host("server");
    return host.run(() -> AccountServer.start(host.address(), data, "tls.port=443"));
  }

  /** The machine is told of all its connections to port 443 that they are broken. */
  private static void breakConnections(Host host) throws Exception {
    String ports =
        host.run(() ->
            Files.readAllLines(java.nio.file.Path.of("/proc/thread-self/net/tcp")).stream()
                .map(ESTABLISHED_TO_443::matcher)
                .filter(Matcher::find)
                .map(connection -> connection.group(1))
                .collect(Collectors.joining(", 0x", "0x", "")));
    nft(
        host,
        """
        table inet broken {
          chain output {
            type filter hook output priority filter;
            tcp dport 443 tcp sport { %s } reject with tcp reset
          }
        }
        """
            .formatted(ports));
  }

  private static void nft(Host host, String rules) throws Exception {
    Process nft = host.start("nft", "-f", "-");
    try (Writer in = nft.outputWriter(UTF_8)) {
      in.write(rules);
    }
    assertThat(nft.waitFor()).isZero();
  }
}
