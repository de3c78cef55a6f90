package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that say nothing while their network becomes another one. */
@InLab
@Timeout(60)
class MovingPeersTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Sooner than anybody would notice by silence or with the next keep-alive. */
  private static final Duration AT_ONCE = Duration.ofMillis(1500);

  /** RFC 7675 asks every 4 s at the earliest. */
  private static final Duration BEFORE_CONSENT = Duration.ofMillis(3500);

  @TempDir private static Path data;
  @TempDir private Path homes;
  private Lab lab;
  private Router phone;
  private Host moving;
  private AccountServer server;
  private Peer alice;
  private Peer bob;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @BeforeEach
  void start() throws Exception {
    lab = Lab.open();
    Host host = lab.host("server");
    server = host.run(() -> AccountServer.start(host.address(), data));
    phone = lab.router("phone", NatKind.PORT_RESTRICTED);
    moving = lab.router("wifi", NatKind.PORT_RESTRICTED).host("alice");
    alice = moving.run(() -> open("alice"));
    bob = lab.peer("bob", NatKind.PORT_RESTRICTED).run(() -> open("bob"));
  }

  @AfterEach
  void stop() {
    alice.close();
    bob.close();
    server.close();
    lab.close();
  }

  private Peer open(String name) throws IOException, InterruptedException {
    return Peer.builder()
        .login(server.login(name))
        .directory(homes.resolve(name))
        .portMapping(false) // its routers have none
        .open();
  }

  @Test
  void whoWaitsForCallsCanBeCalledInTheOtherNetworkAtOnce() throws Exception {
    moving.first().move(phone.lan());
    Thread.sleep(AT_ONCE);
    try (Connection toAlice = bob.connect("alice", Duration.ofSeconds(2))) {
      await().atMost(SOON).until(() -> isFrom(toAlice, phone.address()));
    }
  }

  @Test
  void aConnectionThatIsIdleGoesOnFromTheOtherNetworkAtOnce() throws Exception {
    try (Connection toAlice = bob.connect("alice");
        Connection toBob = alice.accept(SOON).orElseThrow()) {
      await().atMost(SOON).until(() -> toAlice.why().isDirect() && toBob.why().isDirect());
      moving.first().move(phone.lan());
      await().atMost(BEFORE_CONSENT).until(() -> isFrom(toAlice, phone.address()));
      Transfer.expect(toAlice, toBob, 100_000, () -> {});
    }
  }

  @Test
  void whoWasWithoutANetworkForAWhileIsBackAsSoonAsThereIsOne() throws Exception {
    moving.first().down();
    Thread.sleep(Duration.ofSeconds(3)); // the pauses between attempts have grown by then
    moving.first().up();
    Thread.sleep(AT_ONCE);
    try (Connection toAlice = bob.connect("alice", Duration.ofSeconds(2))) {
      assertThat(toAlice.peer()).isEqualTo("alice");
    }
  }

  private static boolean isFrom(Connection connection, InetAddress network) {
    return connection.path().map(path -> path.remote().getAddress()).equals(Optional.of(network));
  }
}
