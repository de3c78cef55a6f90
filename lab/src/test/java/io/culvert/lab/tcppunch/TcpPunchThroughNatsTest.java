package io.culvert.lab.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.client.tcppunch.TcpPunchException;
import io.culvert.client.tcppunch.TcpPunchException.Reason;
import io.culvert.client.tcppunch.TcpPunchLink;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class TcpPunchThroughNatsTest {
  private static final List<NatKind> CONES =
      List.of(
          NatKind.OPEN,
          NatKind.FULL_CONE,
          NatKind.ADDRESS_RESTRICTED,
          NatKind.PORT_RESTRICTED,
          NatKind.UDP_BLOCKED);

  static Stream<Arguments> pairsThatConnect() {
    Stream<Arguments> cones =
        CONES.stream().flatMap(one -> CONES.stream().map(other -> Arguments.of(one, other)));
    // A symmetric NAT is passed when the other side takes connections from any port.
    Stream<Arguments> symmetric =
        Stream.of(NatKind.OPEN, NatKind.FULL_CONE, NatKind.ADDRESS_RESTRICTED)
            .flatMap(other ->
                Stream.of(
                    Arguments.of(NatKind.SYMMETRIC, other),
                    Arguments.of(other, NatKind.SYMMETRIC)));
    return Stream.concat(cones, symmetric);
  }

  @ParameterizedTest(name = "{0} invites {1}")
  @MethodSource("pairsThatConnect")
  void connectsPublicly(NatKind inviter, NatKind callee) throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host alicesHost = lab.peer("alice", inviter);
      Host bobsHost = lab.peer("bob", callee);
      try (Rendezvous rendezvous = server.run(() -> Rendezvous.at(server.address()));
          Guest bob = bobsHost.run(() -> Guest.online(rendezvous.address(), "bob"));
          Guest alice = alicesHost.run(() -> Guest.online(rendezvous.address(), "alice"));
          TcpPunchLink toBob = alice.invite("bob");
          TcpPunchLink toAlice = bob.link()) {
        Talk.works(toBob, toAlice);
        assertThat(toBob.path()).isEqualTo(Path.PUBLIC);
        assertThat(toBob.remote().getAddress()).isEqualTo(bobsHost.publicAddress());
        assertThat(toAlice.remote().getAddress()).isEqualTo(alicesHost.publicAddress());
      }
    }
  }

  @Test
  void symmetricAgainstSymmetricFailsAndSaysWhy() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host alicesHost = lab.peer("alice", NatKind.SYMMETRIC);
      Host bobsHost = lab.peer("bob", NatKind.SYMMETRIC);
      try (Rendezvous rendezvous = server.run(() -> Rendezvous.at(server.address()));
          Guest bob = bobsHost.run(() -> Guest.online(rendezvous.address(), "bob"));
          Guest alice = alicesHost.run(() -> Guest.online(rendezvous.address(), "alice"))) {
        assertThatExceptionOfType(TcpPunchException.class)
            .isThrownBy(() -> alice.invite("bob"))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.NOT_PUNCHED))
            .withMessageContaining("symmetric NAT");
        assertThat(bob.failure()).hasMessageContaining("symmetric NAT");
      }
    }
  }

  @Test
  void twoPeersInOneLanConnectByTheirLocalAddresses() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host alicesHost = home.host("alice");
      Host bobsHost = home.host("bob");
      try (Rendezvous rendezvous = server.run(() -> Rendezvous.at(server.address()));
          Guest bob = bobsHost.run(() -> Guest.online(rendezvous.address(), "bob"));
          Guest alice = alicesHost.run(() -> Guest.online(rendezvous.address(), "alice"));
          TcpPunchLink toBob = alice.invite("bob");
          TcpPunchLink toAlice = bob.link()) {
        Talk.works(toBob, toAlice);
        assertThat(toBob.path()).isEqualTo(Path.LOCAL);
        assertThat(toAlice.path()).isEqualTo(Path.LOCAL);
        assertThat(toBob.remote().getAddress()).isEqualTo(bobsHost.address());
      }
    }
  }

  @Test
  void withHairpinTheLocalPathIsStillPreferred() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router home = lab.router("home", NatKind.FULL_CONE.withHairpin());
      Host alicesHost = home.host("alice");
      Host bobsHost = home.host("bob");
      try (Rendezvous rendezvous = server.run(() -> Rendezvous.at(server.address()));
          Guest bob = bobsHost.run(() -> Guest.online(rendezvous.address(), "bob"));
          Guest alice = alicesHost.run(() -> Guest.online(rendezvous.address(), "alice"));
          TcpPunchLink toBob = alice.invite("bob");
          TcpPunchLink toAlice = bob.link()) {
        Talk.works(toBob, toAlice);
        assertThat(toBob.path()).isEqualTo(Path.LOCAL);
      }
    }
  }

  static Stream<Stranger.Manner> manners() {
    return Stream.of(Stranger.Manner.values());
  }

  @ParameterizedTest(name = "a stranger who {0}")
  @MethodSource("manners")
  void twoLansWithTheSameAddressesConnectPubliclyAndNeverToAStranger(Stranger.Manner manner)
      throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED, "192.168.1.0/24");
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED, "192.168.1.0/24");
      Host alicesHost = alices.host("alice", "192.168.1.10");
      Host bobsHost = bobs.host("bob", "192.168.1.20");
      Host bobsDouble = alices.host("stranger", "192.168.1.20");
      Host alicesDouble = bobs.host("stranger", "192.168.1.10");
      try (Rendezvous rendezvous = server.run(() -> Rendezvous.at(server.address()));
          Stranger nearAlice = Stranger.onEveryPortOf(bobsDouble, manner);
          Stranger nearBob = Stranger.onEveryPortOf(alicesDouble, manner);
          Guest bob = bobsHost.run(() -> Guest.online(rendezvous.address(), "bob"));
          Guest alice = alicesHost.run(() -> Guest.online(rendezvous.address(), "alice"));
          TcpPunchLink toBob = alice.invite("bob");
          TcpPunchLink toAlice = bob.link()) {
        Talk.works(toBob, toAlice);
        assertThat(toBob.path()).isEqualTo(Path.PUBLIC);
        assertThat(toBob.remote().getAddress()).isEqualTo((InetAddress) bobsHost.publicAddress());
        assertThat(nearAlice.visits() + nearBob.visits()).isPositive();
      }
    }
  }
}
