package io.culvert.lab.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.net.RelayedPort;
import io.culvert.client.turn.TurnLogin;
import io.culvert.lab.NatPairs;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.turn.CulvertTurnServer;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Role;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two agents of ours behind the kernel's NATs, with our server. */
@InLab
@Timeout(120)
class IceThroughNatsTest {
  /** Enough for a second search, should the first one have no luck, as one of 300 has. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path data;

  static Stream<Arguments> pairsThatConnect() {
    return NatPairs.thatConnect(NatPairs.CONES);
  }

  @ParameterizedTest(name = "{0} and {1}")
  @MethodSource("pairsThatConnect")
  void theyTalkDirectly(NatKind caller, NatKind callee) throws Exception {
    meet(
        caller,
        callee,
        (alice, bob) -> {
          await()
              .atMost(Duration.ofSeconds(10))
              .until(() -> isDirect(alice.way()) && isDirect(bob.way()));
          expectTalk(alice, bob);
        });
  }

  static Stream<Arguments> pairsThatCannot() {
    return NatPairs.thatCannot();
  }

  @ParameterizedTest(name = "{0} and {1}")
  @MethodSource("pairsThatCannot")
  void orThroughTheRelay(NatKind caller, NatKind callee) throws Exception {
    meet(
        caller,
        callee,
        (alice, bob) -> {
          await()
              .atMost(Duration.ofSeconds(10))
              .until(() -> alice.way().isPresent() && bob.way().isPresent());
          expectTalk(alice, bob);
        });
  }

  static Stream<Arguments> pairsThatTakeAnEffort() {
    NatKind blocks = NatKind.SYMMETRIC.withPortBlocks(1024);
    NatKind answering =
        NatKind.SYMMETRIC.withFirewall(Firewall.NONE).withName("symmetric, answers");
    return Stream.of(
        // One opens many ports, the other tries as many; or it knows which come next.
        Arguments.of(NatKind.SYMMETRIC, NatKind.PORT_RESTRICTED),
        Arguments.of(NatKind.PORT_RESTRICTED, NatKind.SYMMETRIC),
        Arguments.of(answering, NatKind.PORT_RESTRICTED),
        Arguments.of(blocks, NatKind.PORT_RESTRICTED),
        Arguments.of(NatKind.CARRIER_GRADE, blocks),
        Arguments.of(NatKind.SYMMETRIC_SEQUENTIAL, NatKind.PORT_RESTRICTED),
        Arguments.of(NatKind.PORT_RESTRICTED, NatKind.SYMMETRIC_SEQUENTIAL),
        // Both climb.
        Arguments.of(NatKind.SYMMETRIC_SEQUENTIAL, NatKind.SYMMETRIC_SEQUENTIAL),
        // The first packets die on their way.
        Arguments.of(NatKind.ANSWERING, NatKind.ANSWERING),
        Arguments.of(NatKind.ANSWERING, NatKind.PORT_RESTRICTED),
        Arguments.of(NatKind.PORT_RESTRICTED, NatKind.ANSWERING));
  }

  @ParameterizedTest(name = "{0} and {1}")
  @MethodSource("pairsThatTakeAnEffort")
  void orDirectlyAfterAll(NatKind caller, NatKind callee) throws Exception {
    meet(
        caller,
        callee,
        (alice, bob) -> {
          await().atMost(PATIENCE).until(() -> alice.way().isPresent() && bob.way().isPresent());
          expectTalk(alice, bob); // whatever the way
          await().atMost(PATIENCE).until(() -> isDirect(alice.way()) && isDirect(bob.way()));
          expectTalk(alice, bob);
        });
  }

  /** RFC 6544: they know nothing of each other but candidates. */
  @Test
  void whereUdpIsBlockedBothOpenOneTcpConnectionAtTheSameTime() throws Exception {
    meet(
        NatKind.UDP_BLOCKED,
        NatKind.UDP_BLOCKED,
        (alice, bob) -> {
          await()
              .atMost(Duration.ofSeconds(10))
              .until(() -> isDirect(alice.way()) && isDirect(bob.way()));
          expectTalk(alice, bob);
          assertThat(alice.way().orElseThrow().local().isTcp()).isTrue();
        });
  }

  @Test
  void manyPortsAreOpenOnlyWhileTheyAreNeeded() throws Exception {
    meet(
        NatKind.SYMMETRIC,
        NatKind.PORT_RESTRICTED,
        (alice, bob) -> {
          int before = alice.openPorts();
          int most = 0;
          while (!isDirect(alice.way())) {
            most = Math.max(most, alice.openPorts());
          }
          assertThat(most).isBetween(before + 2, before + 256);
          assertThat(bob.openPorts()).isLessThanOrEqualTo(before);
          assertThat(alice.openPorts()).isBetween(before + 1, before + 8);
          expectTalk(alice, bob);
          alice.hangUp();
          assertThat(alice.openPorts()).isEqualTo(before);
        });
  }

  private interface Meeting {
    void of(IcePeer alice, IcePeer bob) throws Exception;
  }

  private void meet(NatKind caller, NatKind callee, Meeting meeting) throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host aliceHost = lab.peer("alice", caller);
      Host bobHost = lab.peer("bob", callee);
      String ip = server.address().getHostAddress();
      try (CulvertTurnServer turn = server.run(() -> CulvertTurnServer.start(data, ip))) {
        InetSocketAddress address = new InetSocketAddress(server.address(), turn.port());
        RelayedPort.Access access =
            new RelayedPort.Access(
                address, new TurnLogin(CulvertTurnServer.USER, CulvertTurnServer.PASSWORD));
        try (IcePeer alice = IcePeer.on(aliceHost, Role.CONTROLLING, access);
            IcePeer bob = IcePeer.on(bobHost, Role.CONTROLLED, access)) {
          alice.call(bob);
          bob.call(alice);
          meeting.of(alice, bob);
        }
      }
    }
  }

  private static void expectTalk(IcePeer alice, IcePeer bob) throws Exception {
    alice.say("Hello, Bob!");
    assertThat(bob.heard()).isEqualTo("Hello, Bob!");
    bob.say("Hello, Alice!");
    assertThat(alice.heard()).isEqualTo("Hello, Alice!");
  }

  /** The relay has the server's address. */
  private static boolean isDirect(Optional<CandidatePair> way) {
    return way.filter(pair -> !pair.local().relayed())
        .filter(pair -> !pair.remote().getAddress().getHostAddress().equals("203.0.113.1"))
        .isPresent();
  }
}
