package io.culvert.client.turn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.turn.TurnClient.Received;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Our client at somebody else's server. */
@EnabledIf(
    value = "io.culvert.client.turn.Coturn#isInstalled",
    disabledReason = "coturn is not installed")
class CoturnTest {
  private static final TurnLogin LOGIN = new TurnLogin(Coturn.USER, Coturn.PASSWORD);
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @TempDir private Path folder;
  private Coturn server;

  @BeforeEach
  void start() throws Exception {
    server = Coturn.start(folder, "--stale-nonce=1");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aPeerWithoutARelayIsReachedAndReachesUs() throws Exception {
    try (TurnClient alice = permitted(server);
        DatagramSocket bob = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      bob.setSoTimeout(10_000);
      InetSocketAddress bobs = (InetSocketAddress) bob.getLocalSocketAddress();
      alice.say("hello", bobs);
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      bob.receive(packet);
      assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo("hello");
      assertThat(packet.getSocketAddress()).isEqualTo(alice.relayedAddress());

      packet.setData("good morning".getBytes(UTF_8));
      bob.send(packet);
      alice.until(a -> !a.received.isEmpty());
      assertThat(alice.received).containsExactly(new Received("good morning", bobs));
    }
  }

  @Test
  void whoWantsBothFamiliesGetsTheOneThatThereIs() throws Exception {
    try (TurnClient alice = new TurnClient(server.address(), LOGIN, Families.BOTH)) {
      alice.until(each -> each.relayed.isPresent() || each.failure.isPresent());
      assertThat(alice.relayedAddress().getAddress()).isEqualTo(LOOPBACK);
    }
  }

  @Test
  void twoAllocationsTalkToEachOtherFirstInIndicationsThenOnChannels() throws Exception {
    try (TurnClient alice = permitted(server);
        TurnClient bob = permitted(server)) {
      alice.say("one", bob.relayedAddress());
      bob.until(b -> b.received.size() == 1);
      alice.allocation().bind(bob.relayedAddress(), Instant.now());
      bob.allocation().bind(alice.relayedAddress(), Instant.now());
      alice.until(a -> isOnAChannel(a, bob));
      bob.until(b -> isOnAChannel(b, alice));
      alice.say("two", bob.relayedAddress());
      bob.say("three", alice.relayedAddress());
      bob.until(b -> b.received.size() == 2);
      alice.until(a -> a.received.size() == 1);

      assertThat(bob.received)
          .containsExactly(
              new Received("one", alice.relayedAddress()),
              new Received("two", alice.relayedAddress()));
      assertThat(alice.received).containsExactly(new Received("three", bob.relayedAddress()));
    }
  }

  @Test
  void anAllocationIsGivenBack() throws Exception {
    try (TurnClient alice = permitted(server)) {
      alice.allocation().release(Instant.now());
      alice.until(a -> a.ended);

      assertThat(alice.failure).isEmpty();
    }
  }

  @Test
  void aWrongPasswordIsRefused() throws Exception {
    try (TurnClient alice = new TurnClient(server.address(), new TurnLogin(Coturn.USER, "wrong"))) {
      alice.until(a -> a.ended);

      assertThat(alice.failure).get().asString().endsWith("does not accept our credentials.");
    }
  }

  private static TurnClient permitted(Coturn server) throws Exception {
    TurnClient client = new TurnClient(server.address(), LOGIN);
    client.until(c -> c.relayed.isPresent() || c.ended);
    client.allocation().permit(LOOPBACK, Instant.now());
    return client.until(c -> !c.permitted.isEmpty() || !c.refused.isEmpty());
  }

  private static boolean isOnAChannel(TurnClient client, TurnClient peer) {
    return client.wrap("x", peer.relayedAddress())[0] == 0x40;
  }
}
