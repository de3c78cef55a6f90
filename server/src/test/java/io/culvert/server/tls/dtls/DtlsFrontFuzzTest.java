package io.culvert.server.tls.dtls;

import static io.culvert.server.tls.dtls.TestNetwork.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.server.tls.CertificateFile;
import io.culvert.server.tls.TestCertificate;
import io.culvert.wire.transport.udp.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/**
 * Whatever a stranger sends, the front answers with less or counts it, and keeps nothing; and
 * whatever he sends in a client's name, its session lives on.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones.
 */
class DtlsFrontFuzzTest {
  private static final Endpoint CLIENT = endpoint(1, 1001);
  private static final Endpoint STRANGER = endpoint(2, 1002);
  private static TestNetwork network;

  @BeforeAll
  static void connectAClient() throws Exception {
    Path file = Files.createTempFile("dtls-fuzz", ".pem");
    try (CertificateFile certificate = CertificateFile.of(file, TestCertificate.ec())) {
      network = new TestNetwork(certificate.certificate());
    }
    network.connected(CLIENT);
    Files.delete(file);
  }

  @FuzzTest(maxDuration = "1m")
  void datagram(byte[] bytes) {
    for (Endpoint from : new Endpoint[] {STRANGER, CLIENT}) {
      Map<DtlsCounter, Long> before = network.counters.snapshot();
      network.sent.clear();

      network.receive(from, bytes);

      assertThat(network.sent.stream().mapToInt(answer -> answer.length).sum())
          .isLessThanOrEqualTo(bytes.length);
      assertThat(network.front.handshakes()).isZero();
      assertThat(network.front.sessions()).isEqualTo(1);
      assertThat(
              bytes.length == 0
                  || from.equals(CLIENT)
                  || !network.counters.snapshot().equals(before))
          .as("counted")
          .isTrue();
    }
  }
}
