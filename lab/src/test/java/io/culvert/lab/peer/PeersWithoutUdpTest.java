package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.client.CulvertException;
import io.culvert.client.HttpProxy;
import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers behind firewalls that let no UDP through (S38 to S40). The server is where firewalls expect
 * servers: who logs in and who relays goes by port 443.
 */
@InLab
@Timeout(90)
class PeersWithoutUdpTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MUCH = 5_000_000;

  @TempDir private static java.nio.file.Path data;
  @TempDir private java.nio.file.Path homes;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @BeforeEach
  void needsTinyproxy() {
    assumeTrue(
        io.culvert.lab.net.HttpProxy.isAvailable(), "Debian's tinyproxy-bin is not installed.");
  }

  @Test
  void whoHasOnlyPort443AndWhoHasOnlyAProxyMeetAtTheRelay() throws Exception {
    try (Lab lab = Lab.open();
        Servers servers = Servers.start(lab)) {
      Office office = new Office(lab);
      Host home = lab.peer("alice", NatKind.ONLY_TCP_443);
      try (Peer alice = home.run(() -> open(servers.login("alice", Proxies.none())));
          Peer bob = office.inside().run(() -> open(servers.login("bob", office.by("secret"))));
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
        Servers servers = Servers.start(lab)) {
      Host home = lab.peer("alice", NatKind.UDP_BLOCKED);
      Host other = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Peer alice = home.run(() -> open(servers.login("alice", Proxies.none())));
          Peer bob = other.run(() -> open(servers.login("bob", Proxies.none())));
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
        Servers servers = Servers.start(lab)) {
      Office office = new Office(lab);
      assertThatExceptionOfType(CulvertException.class)
          .isThrownBy(
              () -> office.inside().run(() -> open(servers.login("bob", office.by("wrong")))))
          .withMessageContaining(
              "The proxy http://%s does not accept user and password."
                  .formatted(office.proxy.getHostString() + ":" + office.proxy.getPort()));
    }
  }

  @Test
  void aConnectionThatBreaksUnderTheRelayIsReplaced() throws Exception {
    try (Lab lab = Lab.open();
        Servers servers = Servers.start(lab)) {
      Host home = lab.peer("alice", NatKind.ONLY_TCP_443);
      Host other = lab.peer("bob", NatKind.SYMMETRIC);
      try (Peer alice = home.run(() -> open(servers.login("alice", Proxies.none())));
          Peer bob = other.run(() -> open(servers.login("bob", Proxies.none())));
          Connection toBob = alice.connect("bob");
          Connection toAlice = bob.accept(SOON).orElseThrow()) {
        Transfer.expect(toBob, toAlice, 4 * MUCH, servers.relay::breakConnections);
        Transfer.expect(toAlice, toBob, MUCH, () -> {}); // surely by the new one
      }
    }
  }

  private Peer open(FlowLogin login) throws IOException, InterruptedException {
    return Peer.builder().login(login).directory(homes.resolve(login.account())).open();
  }

  /** An office whose only way out is a proxy that wants to know who goes out. */
  private static final class Office {
    private final Router router;
    private final InetSocketAddress proxy;

    Office(Lab lab) throws IOException {
      router = lab.router("office", NatKind.CLOSED);
      Host gate = lab.host("gate");
      proxy =
          io.culvert.lab.net.HttpProxy.start(gate, gate.connect(router.lan()), "clerk", "secret")
              .address();
    }

    Host inside() {
      return router.host("bob");
    }

    Proxies by(String password) {
      return Proxies.by(
          new HttpProxy(
              new ServerAddress(proxy.getHostString(), proxy.getPort()),
              Optional.of("clerk:" + password)));
    }
  }

  /** The whole server, and two more addresses of it, whose ports 443 lead to it. */
  private record Servers(AccountServer server, Forwarder account, Forwarder relay, Host front)
      implements AutoCloseable {
    static Servers start(Lab lab) throws Exception {
      Host host = lab.host("server");
      Host front = lab.host("front");
      Host relayFront = lab.host("relay-front");
      String ip = host.address().getHostAddress();
      AccountServer server =
          host.run(() ->
              AccountServer.start(
                  host.address(),
                  data,
                  "public-ip=" + ip,
                  "signal.port=443",
                  "turn.uris=[\"turns:%s:443?transport=tcp\"]"
                      .formatted(relayFront.address().getHostAddress())));
      return new Servers(
          server,
          Forwarder.start(front, at(host, server, "flow account")),
          Forwarder.start(relayFront, at(host, server, "turn tls tcp")),
          front);
    }

    private static InetSocketAddress at(Host host, AccountServer server, String listener) {
      return server.server().listeners().stream()
          .filter(open -> open.name().equals(listener))
          .map(Listener::address)
          .map(open -> new InetSocketAddress(host.address(), open.getPort()))
          .findFirst()
          .orElseThrow();
    }

    FlowLogin login(String account, Proxies proxies) {
      FlowLogin known = server.login(account);
      return new FlowLogin(
          new ServerAddress(front.address().getHostAddress(), Forwarder.PORT),
          account,
          known.credential(),
          known.tls(),
          known.trust(),
          proxies);
    }

    @Override
    public void close() throws IOException {
      relay.close();
      account.close();
      server.close();
    }
  }
}
