package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.Ipv6;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

@InLab
class RoamingTest {
  @Test
  void aHostTakesAnotherAddressWhileItsSocketsStayOpen() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.host("alice");
      try (Udp alice = Udp.on(host)) {
        assertThat(alice.mappingTowards(server)).isEqualTo(alice.address());

        host.first().readdress("203.0.113.99");

        assertThat(host.address()).isEqualTo(Inet4Address.ofLiteral("203.0.113.99"));
        InetSocketAddress after = alice.mappingTowards(server);
        assertThat(after).isEqualTo(new InetSocketAddress(host.address(), alice.port()));
        server.send("to the old address", alice.address());
        server.send("to the new one", after);
        assertThat(alice.receiveUntil("to the new one")).containsExactly("to the new one");
      }
    }
  }

  @Test
  void aHostBehindARouterTakesAnotherAddress() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host host = home.host("alice");
      try (Udp alice = Udp.on(host, 5000);
          Udp carol = Udp.on(home.host("carol"))) {
        alice.mappingTowards(server);

        host.first().readdress("192.168.1.99");

        assertThat(alice.mappingTowards(carol).getAddress())
            .isEqualTo(Inet4Address.ofLiteral("192.168.1.99"));
        // The port is still the old address's.
        assertThat(alice.mappingTowards(server).getPort()).isNotEqualTo(5000);
      }
    }
  }

  @Test
  void aHostMovesIntoAnotherNetwork() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router wifi = lab.router("wifi", NatKind.PORT_RESTRICTED);
      Router phone = lab.router("phone", NatKind.SYMMETRIC);
      Host host = wifi.host("alice");
      host.delay(Delay.ofMillis(1));
      try (Udp alice = Udp.on(host)) {
        assertThat(alice.mappingTowards(server).getAddress()).isEqualTo(wifi.address());

        host.first().move(phone.lan());

        assertThat(host.publicAddress()).isEqualTo(phone.address());
        InetSocketAddress mapping = alice.mappingTowards(server);
        assertThat(mapping.getAddress()).isEqualTo(phone.address());
        server.send("hello", mapping);
        assertThat(alice.receive().text()).isEqualTo("hello");

        host.first().move(lab.internet());

        assertThat(host.publicAddress()).isEqualTo(host.address());
        assertThat(alice.mappingTowards(server).getAddress()).isEqualTo(host.address());
      }
    }
  }

  @Test
  void aSecondInterfaceIsUsedByWhoIsBoundToItAndByAllWhenTheFirstIsDown() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router wifi = lab.router("wifi", NatKind.PORT_RESTRICTED);
      Router phone = lab.router("phone", NatKind.SYMMETRIC);
      Host host = wifi.host("alice");
      Interface second = host.connect(phone.lan());
      assertThat(second.name()).isEqualTo("eth1");
      assertThat(second.publicAddress()).isEqualTo(phone.address());
      try (Udp unbound = Udp.on(host);
          Udp first = Udp.at(host, host.address());
          Udp other = Udp.at(host, second.address())) {
        assertThat(unbound.mappingTowards(server).getAddress()).isEqualTo(wifi.address());
        assertThat(first.mappingTowards(server).getAddress()).isEqualTo(wifi.address());
        InetSocketAddress mapping = other.mappingTowards(server);
        assertThat(mapping.getAddress()).isEqualTo(phone.address());
        server.send("hello", mapping);
        assertThat(other.receive().text()).isEqualTo("hello");

        host.first().down();
        assertThat(unbound.mappingTowards(server).getAddress()).isEqualTo(phone.address());

        host.first().up();
        assertThat(unbound.mappingTowards(server).getAddress()).isEqualTo(wifi.address());
      }
    }
  }

  @Test
  void cablesOfOneHostAreSlowEachForItself() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.host("alice");
      Interface second = host.connect(lab.router("phone", NatKind.SYMMETRIC).lan());
      host.unplug();
      try (Udp first = Udp.at(host, host.address());
          Udp other = Udp.at(host, second.address())) {
        first.send("lost", server);
        assertThat(other.arrivals(100, server.address(), server)).isEqualTo(100);
        second.unplug();
        assertThat(other.arrivals(100, server.address(), server)).isZero();
      }
    }
  }

  @Test
  void withoutAnInterfaceThereIsNoWayOut() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.host("alice");
      try (Udp alice = Udp.on(host)) {
        host.first().down();
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> alice.send("nowhere", server))
            .withMessageContaining("unreachable");
        host.first().down();
        host.first().up();
        host.first().up();
        assertThat(alice.mappingTowards(server)).isEqualTo(alice.address());
      }
    }
  }

  @Test
  void theAddressOfIpv6ChangesToo() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      host.stack(Stack.DUAL);
      Router home = lab.router("home", NatKind.PORT_RESTRICTED.withIpv6(Ipv6.FIREWALLED));
      Host moving = home.host("alice");
      try (Udp server = Udp.on6(host);
          Udp alice = Udp.on(moving)) {
        var before = moving.address6();
        assertThat(alice.mappingTowards(server).getAddress()).isEqualTo(before.orElseThrow());

        moving.first().readdress("192.168.1.99");

        assertThat(moving.address6()).isPresent().isNotEqualTo(before);
        assertThat(alice.mappingTowards(server).getAddress())
            .isEqualTo(moving.address6().orElseThrow());
      }
    }
  }
}
