package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.PortAllocation;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class RebootTest {
  private static final int SILENT_FOR_MILLIS = 250;

  static Stream<NatKind> kinds() {
    return Stream.of(
        NatKind.FULL_CONE,
        NatKind.ADDRESS_RESTRICTED,
        NatKind.PORT_RESTRICTED,
        NatKind.FULL_CONE.withHairpin(),
        NatKind.SYMMETRIC,
        NatKind.SYMMETRIC_SEQUENTIAL);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void afterARebootNothingGetsInBeforeSomethingHasGoneOut(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", kind);
      try (Udp alice = Udp.on(home.host("alice"))) {
        InetSocketAddress before = alice.mappingTowards(server);
        server.send("before", before);
        assertThat(alice.receive().text()).isEqualTo("before");

        home.reboot();

        server.send("into the void", before);
        assertThat(alice.receiveUntilSilence()).isEmpty();
        InetSocketAddress after = alice.mappingTowards(server);
        server.send("after", after);
        assertThat(alice.receive().text()).isEqualTo("after");
        assertThat(after.equals(before)).isEqualTo(kind.ports() != PortAllocation.RANDOM);
      }
    }
  }

  @Test
  void afterARebootWhoComesFirstGetsThePort() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.FULL_CONE);
      try (Udp alice = Udp.on(home.host("alice"), 5000);
          Udp carol = Udp.on(home.host("carol"), 5000)) {
        assertThat(alice.mappingTowards(server).getPort()).isEqualTo(5000);
        assertThat(carol.mappingTowards(server).getPort()).isNotEqualTo(5000);

        home.reboot();

        assertThat(carol.mappingTowards(server).getPort()).isEqualTo(5000);
        assertThat(alice.mappingTowards(server).getPort()).isNotEqualTo(5000);
      }
    }
  }

  @Test
  void aRebootOfOneRouterIsNoneOfTheOther() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      try (Udp bob = Udp.on(lab.peer("bob", NatKind.SYMMETRIC))) {
        InetSocketAddress bobs = bob.mappingTowards(server);

        home.reboot();

        server.send("still open", bobs);
        assertThat(bob.receive().text()).isEqualTo("still open");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aRouterMayComeBackWithAnotherAddress(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", kind);
      Host host = home.host("alice");
      try (Udp alice = Udp.on(host)) {
        InetSocketAddress before = alice.mappingTowards(server);

        home.rebootWithNewAddress();

        assertThat(host.publicAddress())
            .isEqualTo(home.address())
            .isNotEqualTo(before.getAddress());
        InetSocketAddress after = alice.mappingTowards(server);
        assertThat(after.getAddress()).isEqualTo(home.address());
        server.send("to the old address", before);
        server.send("to the new one", after);
        assertThat(alice.receiveUntil("to the new one")).containsExactly("to the new one");
      }
    }
  }

  @Test
  void aConnectionWithAPreservedPortGoesOnWhenTheInnerSideSpeaks() throws Exception {
    try (Lab lab = Lab.open();
        Tcp server = Tcp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      try (Tcp alice = Tcp.on(home.host("alice"));
          Tcp.Connection connection = alice.connectTo(server)) {
        home.reboot();

        connection.far().getOutputStream().write('?');
        assertThat(isSilent(connection)).isTrue();
        connection.near().getOutputStream().write('!');
        assertThat(connection.far().getInputStream().read()).isEqualTo('!');
        assertThat(connection.near().getInputStream().read()).isEqualTo('?');
      }
    }
  }

  @Test
  void aConnectionWithARandomPortIsReset() throws Exception {
    try (Lab lab = Lab.open();
        Tcp server = Tcp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.SYMMETRIC);
      try (Tcp alice = Tcp.on(home.host("alice"));
          Tcp.Connection connection = alice.connectTo(server)) {
        home.reboot();

        connection.near().getOutputStream().write('!');
        // From the new port the server's host knows no connection.
        assertThatExceptionOfType(SocketException.class)
            .isThrownBy(() -> connection.near().getInputStream().read())
            .withMessageContaining("reset");
      }
    }
  }

  private static boolean isSilent(Tcp.Connection connection) throws Exception {
    int patience = connection.near().getSoTimeout();
    connection.near().setSoTimeout(SILENT_FOR_MILLIS);
    try {
      return connection.near().getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      connection.near().setSoTimeout(patience);
    }
  }
}
