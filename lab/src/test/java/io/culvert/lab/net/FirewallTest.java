package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.Firewall;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class FirewallTest {
  private static final NatKind ANSWERING =
      NatKind.PORT_RESTRICTED.withFirewall(Firewall.NONE).withName("answering");

  static Stream<NatKind> kinds() {
    return Stream.of(
        NatKind.FULL_CONE,
        NatKind.ADDRESS_RESTRICTED,
        NatKind.PORT_RESTRICTED,
        NatKind.SYMMETRIC,
        NatKind.SYMMETRIC_SEQUENTIAL,
        NatKind.UDP_BLOCKED,
        NatKind.TCP_BLOCKED);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anUnsolicitedConnectionToTheRouterGetsNoAnswer(NatKind kind) throws Exception {
    try (Lab lab = Lab.open();
        Tcp stranger = Tcp.on(lab.host("stranger"))) {
      Router home = lab.router("home", kind);
      home.host("alice");

      assertThat(stranger.hearsNothingFrom(new InetSocketAddress(home.address(), 4000))).isTrue();
    }
  }

  @Test
  void aRouterWithoutFirewallRefusesUnsolicitedConnections() throws Exception {
    try (Lab lab = Lab.open();
        Tcp stranger = Tcp.on(lab.host("stranger"))) {
      Router home = lab.router("home", ANSWERING);

      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> stranger.connect(new InetSocketAddress(home.address(), 4000)));
    }
  }

  @Test
  void aRouterWithoutFirewallAnswersUnsolicitedDatagramsWithAnError() throws Exception {
    try (Lab lab = Lab.open()) {
      Host stranger = lab.host("stranger");
      Router home = lab.router("home", ANSWERING);
      try (DatagramSocket socket = stranger.run(() -> new DatagramSocket())) {
        socket.connect(new InetSocketAddress(home.address(), 4000));
        socket.setSoTimeout(3000);
        socket.send(new DatagramPacket(new byte[1], 1));

        assertThatExceptionOfType(PortUnreachableException.class)
            .isThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)));
      }
    }
  }

  @Test
  void blockedUdpPassesInNoDirectionWhileTcpDoes() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host host = lab.peer("alice", NatKind.UDP_BLOCKED);
      try (Udp udpServer = Udp.on(server);
          Udp udp = Udp.on(host);
          Tcp tcpServer = Tcp.on(server);
          Tcp tcp = Tcp.on(host)) {
        udp.send("out", udpServer);
        udpServer.send("in", new InetSocketAddress(host.publicAddress(), udp.port()));

        assertThat(udpServer.receiveUntilSilence()).isEmpty();
        assertThat(udp.receiveUntilSilence()).isEmpty();
        try (Tcp.Connection connection = tcp.connectTo(tcpServer)) {
          assertThat(connection.mapping().getAddress()).isEqualTo(host.publicAddress());
        }
      }
    }
  }

  @Test
  void blockedTcpPassesInNoDirectionWhileUdpDoes() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host host = lab.peer("alice", NatKind.TCP_BLOCKED);
      try (Udp udpServer = Udp.on(server);
          Udp udp = Udp.on(host);
          Tcp tcpServer = Tcp.on(server);
          Tcp tcp = Tcp.on(host)) {
        assertThat(tcp.hearsNothingFrom(tcpServer.address())).isTrue();
        assertThat(
                tcpServer.hearsNothingFrom(
                    new InetSocketAddress(host.publicAddress(), tcp.address().getPort())))
            .isTrue();
        udp.send("out", udpServer);
        assertThat(udpServer.receiveUntilSilence()).hasSize(1);
      }
    }
  }
}
