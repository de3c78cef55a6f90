package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.lab.junit.InLab;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

@InLab
class TopologyTest {
  @Test
  void hostsBehindOneRouterReachEachOtherDirectly() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.UDP_BLOCKED);
      try (Udp alice = Udp.on(home.host("alice"));
          Udp carol = Udp.on(home.host("carol"))) {
        assertThat(alice.mappingTowards(carol)).isEqualTo(alice.address());
        assertThat(carol.mappingTowards(alice)).isEqualTo(carol.address());
      }
    }
  }

  @Test
  void routersWithOneLanRangeWorkSideBySide() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED, "192.168.0.0/24");
      Router work = lab.router("work", NatKind.FULL_CONE, "192.168.0.0/24");
      try (Udp alice = Udp.on(home.host("alice", "192.168.0.77"), 5000);
          Udp bob = Udp.on(work.host("bob", "192.168.0.77"), 5000)) {
        assertThat(alice.address()).isEqualTo(bob.address());
        assertThat(alice.mappingTowards(server))
            .isEqualTo(new InetSocketAddress(home.address(), 5000));
        assertThat(bob.mappingTowards(server))
            .isEqualTo(new InetSocketAddress(work.address(), 5000));
      }
    }
  }

  @Test
  void aRouterBehindARouterIsPassedThroughBoth() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router carrier = lab.router("carrier", NatKind.SYMMETRIC);
      Router home = carrier.router("home", NatKind.FULL_CONE);
      Host host = home.host("alice");
      try (Udp alice = Udp.on(host, 5000);
          Udp neighbour = Udp.on(carrier.host("neighbour"))) {
        InetSocketAddress mapping = alice.mappingTowards(server);

        assertThat(mapping.getAddress())
            .isEqualTo(carrier.address())
            .isEqualTo(home.publicAddress())
            .isEqualTo(host.publicAddress());
        assertThat(mapping.getPort()).isNotEqualTo(5000);
        assertThat(alice.mappingTowards(neighbour))
            .isEqualTo(new InetSocketAddress(home.address(), 5000));
        server.send("through both", mapping);
        assertThat(alice.receive().text()).isEqualTo("through both");
      }
    }
  }

  @Test
  void severalLabsAreOpenAtOnce() throws Exception {
    try (Lab one = Lab.open();
        Lab two = Lab.open();
        Udp server = Udp.on(one.host("server", "203.0.113.10"), 4000);
        Udp other = Udp.on(two.host("server", "203.0.113.10"), 4000);
        Udp alice = Udp.on(one.peer("alice", NatKind.FULL_CONE))) {
      alice.mappingTowards(server);

      assertThat(other.receiveUntilSilence()).isEmpty();
    }
  }

  @Test
  void aPrivateAddressIsNowhereOnTheInternet() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.FULL_CONE);
      try (Udp server = Udp.on(lab.host("server"));
          Udp alice = Udp.on(home.host("alice"))) {
        server.send("lost on the way, without an error", alice.address());

        assertThat(alice.receiveUntilSilence()).isEmpty();
      }
    }
  }

  @Test
  void anOpenPeerHasTheAddressThatTheInternetSees() {
    try (Lab lab = Lab.open()) {
      Host open = lab.peer("open", NatKind.OPEN);
      Host hidden = lab.peer("hidden", NatKind.SYMMETRIC);

      assertThat(open.publicAddress()).isEqualTo(open.address());
      assertThat(hidden.address()).isEqualTo(Inet4Address.ofLiteral("192.168.1.2"));
      assertThat(hidden.publicAddress()).isEqualTo(Inet4Address.ofLiteral("203.0.113.2"));
    }
  }

  @Test
  void aTakenAddressIsRefusedWithASentence() {
    try (Lab lab = Lab.open()) {
      lab.host("one", "203.0.113.9");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> lab.host("two", "203.0.113.9"))
          .withMessage("203.0.113.9 is taken already.");
    }
  }

  @Test
  void anOpenRouterIsRefusedWithASentence() {
    try (Lab lab = Lab.open()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> lab.router("home", NatKind.OPEN))
          .withMessageContaining("use a host without a router");
    }
  }
}
