package io.culvert.lab.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.lab.NatPairs;
import io.culvert.lab.Stranger;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.lab.tcppunch.Meeting.Links;
import io.culvert.traversal.Path;
import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class TcpPunchThroughNatsTest {
  static Stream<Arguments> pairsThatConnect() {
    return NatPairs.thatConnect(
        Stream.concat(NatPairs.CONES.stream(), Stream.of(NatKind.UDP_BLOCKED)).toList());
  }

  @ParameterizedTest(name = "{0} invites {1}")
  @MethodSource("pairsThatConnect")
  void connectsPublicly(NatKind inviter, NatKind callee) throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", inviter);
      Host bob = lab.peer("bob", callee);
      try (Meeting meeting = Meeting.of(lab, alice, bob);
          Links links = meeting.connect()) {
        assertThat(links.toBob().path()).isEqualTo(Path.PUBLIC);
        assertThat(addressOf(links.toBob())).isEqualTo(bob.publicAddress());
        assertThat(addressOf(links.toAlice())).isEqualTo(alice.publicAddress());
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void symmetricAgainstSymmetricFailsAndSaysWhy() throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", NatKind.SYMMETRIC);
      Host bob = lab.peer("bob", NatKind.SYMMETRIC);
      try (Meeting meeting = Meeting.of(lab, alice, bob)) {
        assertThatExceptionOfType(CulvertException.class)
            .isThrownBy(() -> meeting.alice().invite("bob"))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.NOT_PUNCHED))
            .withMessageContaining("symmetric NAT");
        assertThat(meeting.bob().failure()).hasMessageContaining("symmetric NAT");
      }
    }
  }

  static Stream<NatKind> homes() {
    return Stream.of(NatKind.PORT_RESTRICTED, NatKind.FULL_CONE.withHairpin());
  }

  @ParameterizedTest(name = "behind a {0} router")
  @MethodSource("homes")
  void twoPeersInOneLanConnectByTheirLocalAddresses(NatKind kind) throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", kind);
      Host alice = home.host("alice");
      Host bob = home.host("bob");
      try (Meeting meeting = Meeting.of(lab, alice, bob);
          Links links = meeting.connect()) {
        assertThat(links.toBob().path()).isEqualTo(Path.LOCAL);
        assertThat(links.toAlice().path()).isEqualTo(Path.LOCAL);
        assertThat(addressOf(links.toBob())).isEqualTo(bob.address());
      }
    }
  }

  @ParameterizedTest(name = "a stranger who {0}")
  @EnumSource
  void twoLansWithTheSameAddressesConnectPubliclyAndNeverToAStranger(Stranger.Manner manner)
      throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED, "192.168.1.0/24");
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED, "192.168.1.0/24");
      Host alice = alices.host("alice", "192.168.1.10");
      Host bob = bobs.host("bob", "192.168.1.20");
      Host bobsDouble = alices.host("stranger", "192.168.1.20");
      Host alicesDouble = bobs.host("stranger", "192.168.1.10");
      try (Stranger nearAlice = Stranger.onEveryPortOf(bobsDouble, manner);
          Stranger nearBob = Stranger.onEveryPortOf(alicesDouble, manner);
          Meeting meeting = Meeting.of(lab, alice, bob);
          Links links = meeting.connect()) {
        assertThat(links.toBob().path()).isEqualTo(Path.PUBLIC);
        assertThat(addressOf(links.toBob())).isEqualTo(bob.publicAddress());
        assertThat(nearAlice.visits() + nearBob.visits()).isPositive();
      }
    }
  }

  private static InetAddress addressOf(Link link) {
    return link.remote().getAddress();
  }
}
