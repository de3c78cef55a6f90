package io.culvert.server.tls.dtls;

import static io.culvert.server.tls.dtls.TestNetwork.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.tls.CertificateFile;
import io.culvert.server.tls.TestCertificate;
import io.culvert.server.tls.dtls.TestNetwork.Weather;
import io.culvert.wire.transport.udp.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes of which datagrams are lost, repeated, cut up, or arrive in another order. */
@Timeout(120)
class BadNetworksTest {
  private static final Endpoint ANN = endpoint(1, 1001);

  @TempDir private Path dir;
  private CertificateFile file;
  private TestNetwork network;

  @BeforeEach
  void start() throws Exception {
    file = CertificateFile.of(dir.resolve("c.pem"), TestCertificate.ec());
    network = new TestNetwork(file.certificate());
  }

  @AfterEach
  void stop() {
    network.close();
    file.close();
  }

  private void expectASession() throws Exception {
    TestClient ann = network.connected(ANN);
    network.up = List::of;
    network.down = List::of;
    // The server may not have all of it yet: its last datagram may be what was lost.
    network.until(() -> network.front.handshakes() == 0);
    ann.say(new byte[] {7});
    assertThat(network.heardBy(ann)).containsExactly(7);
    assertThat(network.front.sessions()).isEqualTo(1);
  }

  /**
   * Datagrams 0 to 4 are the client's: two hellos, its key, the change of ciphers, its Finished.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aDatagramOfTheClientMayBeLost(int which) throws Exception {
    network.up = without(which);
    expectASession();
  }

  /** The server's: a cookie, four of its hello, the change of ciphers, its Finished. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void aDatagramOfTheServerMayBeLost(int which) throws Exception {
    network.down = without(which);
    expectASession();
  }

  @Test
  void datagramsMayArriveTwice() throws Exception {
    network.up = datagram -> List.of(datagram, datagram);
    network.down = datagram -> List.of(datagram, datagram);
    expectASession();
  }

  @Test
  void datagramsMayArriveInAnotherOrder() throws Exception {
    network.up = inPairs();
    network.down = inPairs();
    expectASession();
  }

  @Test
  void aQuarterOfAllMayBeLost() throws Exception {
    Random random = new Random(1);
    network.up = datagram -> random.nextInt(4) == 0 ? List.of() : List.of(datagram);
    network.down = datagram -> random.nextInt(4) == 0 ? List.of() : List.of(datagram);
    expectASession();
  }

  @Test
  void aClientMayCutItsMessagesUp() throws Exception {
    TestClient ann = network.connect(ANN);
    network.until(() -> network.front.handshakes() == 1);
    Set<Integer> lengths = new HashSet<>();
    network.up =
        datagram -> {
          lengths.add(datagram.length);
          return List.of(datagram);
        };
    ann.limitDatagramsTo(50);
    network.until(ann::isConnected);
    assertThat(lengths).contains(50);
  }

  private static Weather without(int which) {
    AtomicInteger count = new AtomicInteger();
    return datagram -> count.getAndIncrement() == which ? List.of() : List.of(datagram);
  }

  /** Each arrives after the one behind it, if that comes before the sender repeats itself. */
  private static Weather inPairs() {
    List<byte[]> held = new ArrayList<>();
    return datagram -> {
      if (held.isEmpty()) {
        held.add(datagram);
        return List.of();
      }
      return List.of(datagram, held.removeFirst());
    };
  }
}
