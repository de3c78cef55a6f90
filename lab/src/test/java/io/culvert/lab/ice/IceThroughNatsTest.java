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
import io.culvert.lab.turn.CulvertTurnServer;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Role;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two agents of ours behind the kernel's NATs, with our server. */
@InLab
@Timeout(60)
class IceThroughNatsTest {
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
