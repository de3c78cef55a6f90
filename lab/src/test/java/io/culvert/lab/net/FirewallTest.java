package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.lab.junit.InLab;
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
      Router home = lab.router("home", NatKind.ANSWERING);

      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> stranger.connect(new InetSocketAddress(home.address(), 4000)));
    }
  }

  @Test
  void aRouterWithoutFirewallAnswersUnsolicitedDatagramsWithAnError() throws Exception {
    try (Lab lab = Lab.open()) {
      Host stranger = lab.host("stranger");
      Router home = lab.router("home", NatKind.ANSWERING);
      try (DatagramSocket socket = stranger.run(() -> new DatagramSocket())) {
        socket.connect(new InetSocketAddress(home.address(), 4000));
        socket.setSoTimeout(3000);
        socket.send(new DatagramPacket(new byte[1], 1));

        assertThatExceptionOfType(PortUnreachableException.class)
            .isThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)));
      }
    }
  }

  /** An early packet from outside leaves a connection, whose port is not free any more. */
  @Test
  void anAnsweringRouterGivesThePortTowardsAnEarlyStrangerAway() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"));
        Udp early = Udp.on(lab.host("early"));
        Udp late = Udp.on(lab.host("late"))) {
      Host host = lab.peer("alice", NatKind.ANSWERING);
      try (Udp alice = Udp.on(host)) {
        InetSocketAddress mapping = alice.mappingTowards(server);
        early.send("too early", mapping);

        InetSocketAddress towardsEarly = alice.mappingTowards(early);
        assertThat(towardsEarly.getAddress()).isEqualTo(mapping.getAddress());
        assertThat(towardsEarly.getPort()).isNotEqualTo(mapping.getPort());
        assertThat(alice.mappingTowards(late)).isEqualTo(mapping);
        early.send("an answer", towardsEarly);
        assertThat(alice.receive().text()).isEqualTo("an answer");
      }
    }
  }

  @Test
  void onlyTcpToPort443GetsOut() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host host = lab.peer("alice", NatKind.ONLY_TCP_443);
      try (Udp udpServer = Udp.on(server, 443);
          Udp udp = Udp.on(host);
          Tcp web = Tcp.on(server, 443);
          Tcp other = Tcp.on(server);
          Tcp tcp = Tcp.on(host);
          Tcp second = Tcp.on(host)) {
        udp.send("out", udpServer);
        assertThat(udpServer.receiveUntilSilence()).isEmpty();
        assertThat(second.hearsNothingFrom(other.address())).isTrue();
        try (Tcp.Connection connection = tcp.connectTo(web)) {
          connection.near().getOutputStream().write('!');
          assertThat(connection.far().getInputStream().read()).isEqualTo('!');
          connection.far().getOutputStream().write('?');
          assertThat(connection.near().getInputStream().read()).isEqualTo('?');
        }
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
        assertThat(udpServer.receive().text()).isEqualTo("out");
      }
    }
  }
}
