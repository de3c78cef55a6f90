package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.Ipv6;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@InLab
class Ipv6Test {
  private static final NatKind FIREWALLED = NatKind.PORT_RESTRICTED.withIpv6(Ipv6.FIREWALLED);

  @Test
  void hostsOnTheInternetSpeakItWhenAskedTo() throws Exception {
    try (Lab lab = Lab.open()) {
      Host one = lab.host("one");
      Host two = lab.host("two");
      assertThat(one.address6()).isEmpty();
      one.stack(Stack.DUAL);
      two.stack(Stack.DUAL);
      try (Udp from = Udp.on6(one);
          Udp to = Udp.on6(two);
          Udp to4 = Udp.on(two)) {
        assertThat(from.mappingTowards(to)).isEqualTo(from.address());
        assertThat(from.mappingTowards(to4).getAddress()).isEqualTo(one.address());
      }
    }
  }

  @Test
  void aFirewallLetsInOnlyAnswers() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = dual(lab.host("server"));
      Host inside = lab.router("home", FIREWALLED).host("alice");
      try (Udp server = Udp.on6(host);
          Udp stranger = Udp.on6(host);
          Udp alice = Udp.on6(inside)) {
        server.send("unsolicited", alice);
        assertThat(alice.receiveUntilSilence()).isEmpty();

        assertThat(alice.mappingTowards(server)).isEqualTo(alice.address());
        stranger.send("not asked", alice);
        server.send("an answer", alice);
        assertThat(alice.receiveUntil("an answer")).containsExactly("an answer");
      }
    }
  }

  @Test
  void packetsBothWaysOpenTwoFirewalls() throws Exception {
    try (Lab lab = Lab.open();
        Udp alice = Udp.on6(lab.router("home", FIREWALLED).host("alice"));
        Udp bob = Udp.on6(lab.router("work", FIREWALLED).host("bob"))) {
      alice.send("dies at bob's router", bob);
      bob.send("through", alice);
      assertThat(alice.receive()).isEqualTo(new Udp.Packet("through", bob.address()));
      alice.send("back", bob);
      assertThat(bob.receive()).isEqualTo(new Udp.Packet("back", alice.address()));
    }
  }

  @Test
  void aRouterThatTranslatesPrefixesGivesEachAddressOneOfItsOwn() throws Exception {
    NatKind translating = NatKind.PORT_RESTRICTED.withIpv6(Ipv6.TRANSLATED);
    try (Lab lab = Lab.open()) {
      Host host = dual(lab.host("server"));
      Host inside = lab.peer("alice", translating);
      try (Udp server = Udp.on6(host);
          Udp stranger = Udp.on6(host);
          Udp alice = Udp.on6(inside)) {
        InetSocketAddress outside = alice.mappingTowards(server);
        assertThat(outside.getPort()).isEqualTo(alice.port());
        assertThat(outside.getAddress()).isNotEqualTo(alice.address().getAddress());
        assertThat(alice.mappingTowards(stranger)).isEqualTo(outside);

        server.send("an answer", outside);
        assertThat(alice.receiveUntil("an answer")).containsExactly("an answer");
      }
    }
  }

  @Test
  void withoutAFirewallEverybodyGetsIn() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on6(dual(lab.host("server")));
        Udp alice = Udp.on6(lab.peer("alice", NatKind.SYMMETRIC.withIpv6(Ipv6.ROUTED)))) {
      assertThat(server.mappingTowards(alice)).isEqualTo(server.address());
    }
  }

  @Test
  void ipv4IsTranslatedBesideIt() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.peer("alice", FIREWALLED);
      try (Udp alice = Udp.on(host)) {
        assertThat(alice.mappingTowards(server))
            .isEqualTo(new InetSocketAddress(host.publicAddress(), alice.port()));
      }
    }
  }

  @Test
  void aBrokenTunnelSwallowsEverything() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on6(dual(lab.host("server")));
        Udp alice = Udp.on6(lab.peer("alice", NatKind.PORT_RESTRICTED.withIpv6(Ipv6.BROKEN)))) {
      alice.send("lost", server);
      server.send("lost", alice);
      assertThat(server.receiveUntilSilence()).isEmpty();
      assertThat(alice.receiveUntilSilence()).isEmpty();
    }
  }

  @Test
  void aRouterThatBlocksUdpBlocksThatOfIpv6Too() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on6(dual(lab.host("server")));
        Udp alice = Udp.on6(lab.peer("alice", NatKind.UDP_BLOCKED.withIpv6(Ipv6.ROUTED)))) {
      alice.send("lost", server);
      server.send("lost", alice);
      assertThat(server.receiveUntilSilence()).isEmpty();
      assertThat(alice.receiveUntilSilence()).isEmpty();
    }
  }

  @Test
  void behindTwoRoutersItIsStillTheHostsOwnAddress() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on6(dual(lab.host("server")))) {
      Router carrier = lab.router("carrier", FIREWALLED, "100.64.0.0/16");
      Router home = carrier.router("home", FIREWALLED);
      try (Udp alice = Udp.on6(home.host("alice"))) {
        assertThat(alice.mappingTowards(server)).isEqualTo(alice.address());
        server.send("an answer", alice);
        assertThat(alice.receive().text()).isEqualTo("an answer");
      }
    }
  }

  @Test
  void aRebootClosesTheFirewallAndKeepsTheAddresses() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on6(dual(lab.host("server")))) {
      Router home = lab.router("home", FIREWALLED);
      try (Udp alice = Udp.on6(home.host("alice"))) {
        alice.mappingTowards(server);

        home.rebootWithNewAddress();

        server.send("into the void", alice);
        assertThat(alice.receiveUntilSilence()).isEmpty();
        assertThat(alice.mappingTowards(server)).isEqualTo(alice.address());
        server.send("after", alice);
        assertThat(alice.receive().text()).isEqualTo("after");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Stack.class)
  void aHostUsesTheVersionsThatItHas(Stack stack) throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = dual(lab.host("server"));
      Host only = lab.peer("alice", FIREWALLED);
      only.stack(stack);
      try (Udp server4 = Udp.on(host);
          Udp server6 = Udp.on6(host);
          Udp alice = Udp.on(only)) {
        assertThat(reaches(alice, server4)).isEqualTo(stack.hasIpv4());
        assertThat(reaches(alice, server6)).isEqualTo(stack.hasIpv6());
      }
    }
  }

  private static boolean reaches(Udp from, Udp to) throws IOException {
    try {
      from.send("", to);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("unreachable");
      return false;
    }
    to.receive();
    return true;
  }

  @Test
  void lossAndDelayAreTheSameForIt() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = dual(lab.host("server"));
      host.delay(Delay.ofMillis(1));
      try (Udp server = Udp.on6(host);
          Udp alice = Udp.on6(lab.peer("alice", FIREWALLED))) {
        assertThat(alice.arrivals(500, server.address(), server)).isEqualTo(500);
        host.lose(50);
        assertThat(alice.arrivals(500, server.address(), server)).isBetween(150, 350);
        host.unplug();
        assertThat(alice.arrivals(500, server.address(), server)).isZero();
        host.plug();
        assertThat(alice.arrivals(500, server.address(), server)).isEqualTo(500);
      }
    }
  }

  @Test
  void aLanWithoutItSaysSo() {
    try (Lab lab = Lab.open()) {
      Host host = lab.peer("alice", NatKind.PORT_RESTRICTED);
      assertThatIllegalStateException()
          .isThrownBy(() -> host.stack(Stack.DUAL))
          .withMessage(
              "There is no IPv6 in 192.168.1.0/24: give its router a kind that speaks it.");
    }
  }

  private static Host dual(Host host) {
    host.stack(Stack.DUAL);
    return host;
  }
}
