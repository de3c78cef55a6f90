package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.lab.junit.InLab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@InLab
class LossTest {
  private static final int PACKETS = 2000;

  /** Seven standard deviations of 2000 packets at 30 %: less than one false alarm in 10^11. */
  private static final int TOLERANCE = 145;

  @ParameterizedTest(name = "{0} %")
  @ValueSource(ints = {1, 10, 30, 90})
  void aRouterLosesItsShareInEachDirection(int percent) throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.FULL_CONE);
      try (Udp alice = Udp.on(home.host("alice"))) {
        InetSocketAddress mapping = alice.mappingTowards(server);
        home.lose(percent);

        int expected = PACKETS * (100 - percent) / 100;
        assertThat(alice.arrivals(PACKETS, server.address(), server))
            .isBetween(expected - TOLERANCE, expected + TOLERANCE)
            .isLessThan(PACKETS);
        assertThat(server.arrivals(PACKETS, mapping, alice))
            .isBetween(expected - TOLERANCE, expected + TOLERANCE)
            .isLessThan(PACKETS);
      }
    }
  }

  @Test
  void nothingIsLostBeforeAndAfterwards() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.FULL_CONE);
      try (Udp alice = Udp.on(home.host("alice"))) {
        alice.mappingTowards(server);
        assertThat(alice.arrivals(PACKETS, server.address(), server)).isEqualTo(PACKETS);
        home.lose(100);
        assertThat(alice.arrivals(PACKETS, server.address(), server)).isZero();
        home.lose(0);
        assertThat(alice.arrivals(PACKETS, server.address(), server)).isEqualTo(PACKETS);
      }
    }
  }

  @Test
  void aHostLosesOnItsOwnCableOnly() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      try (Udp server = Udp.on(host);
          Udp other = Udp.on(lab.host("other"));
          Udp alice = Udp.on(home.host("alice"))) {
        alice.mappingTowards(server);
        alice.mappingTowards(other);
        host.lose(30);
        assertThat(alice.arrivals(PACKETS, server.address(), server))
            .isBetween(PACKETS * 70 / 100 - TOLERANCE, PACKETS * 70 / 100 + TOLERANCE);
        assertThat(alice.arrivals(PACKETS, other.address(), other)).isEqualTo(PACKETS);
      }
    }
  }

  @Test
  void aRouterLosesNothingBetweenNeighbours() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      home.unplug();
      try (Udp alice = Udp.on(home.host("alice"));
          Udp carol = Udp.on(home.host("carol"))) {
        assertThat(alice.mappingTowards(carol)).isEqualTo(alice.address());
      }
    }
  }

  @Test
  void aConnectionOutlivesAPulledCable() throws Exception {
    try (Lab lab = Lab.open();
        Tcp server = Tcp.on(lab.host("server"))) {
      Host host = lab.peer("alice", NatKind.PORT_RESTRICTED);
      try (Tcp alice = Tcp.on(host);
          Tcp second = Tcp.on(host);
          Tcp.Connection connection = alice.connectTo(server)) {
        host.unplug();
        connection.near().getOutputStream().write('!');
        connection.far().getOutputStream().write('?');
        assertThat(second.hearsNothingFrom(server.address())).isTrue();
        assertThat(connection.far().getInputStream().available()).isZero();
        assertThat(connection.near().getInputStream().available()).isZero();

        host.plug();

        assertThat(connection.far().getInputStream().read()).isEqualTo('!');
        assertThat(connection.near().getInputStream().read()).isEqualTo('?');
      }
    }
  }

  @Test
  void aBurstOfTcpIsTakenApartIntoPackets() throws Exception {
    byte[] burst = new byte[200_000];
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      try (Tcp server = Tcp.on(host);
          Tcp alice = Tcp.on(home.host("alice"));
          Tcp.Connection connection = alice.connectTo(server)) {
        home.lose(1);
        FutureTask<byte[]> received =
            new FutureTask<>(() -> connection.near().getInputStream().readNBytes(burst.length));
        Thread.ofPlatform().start(received);
        long before = home.run(LossTest::packetsReceived);
        connection.far().getOutputStream().write(burst);
        assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(burst);

        assertThat(home.run(LossTest::packetsReceived) - before)
            .isGreaterThanOrEqualTo(burst.length / 1460);
      }
    }
  }

  private static long packetsReceived() throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns[0].equals("wan:"))
        .mapToLong(columns -> Long.parseLong(columns[2]))
        .sum();
  }

  @Test
  void neighboursAreNotToldOfAPulledCable() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("alice");
      Host neighbour = lab.host("neighbour");
      host.unplug();
      try (Udp alice = Udp.on(host);
          Udp other = Udp.on(neighbour)) {
        other.send("lost", alice);
        assertThat(alice.receiveUntilSilence()).isEmpty();
        Process ip = neighbour.start("ip", "neighbour", "show", host.address().getHostAddress());
        try (var output = ip.inputReader()) {
          assertThat(output.readLine()).contains("lladdr");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 101})
  void aShareThatIsNoneIsRefused(int percent) {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("alice");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> host.lose(percent))
          .withMessage("No cable loses " + percent + " % of its packets.");
    }
  }
}
