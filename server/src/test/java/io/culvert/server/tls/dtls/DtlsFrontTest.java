package io.culvert.server.tls.dtls;

import static io.culvert.server.tls.dtls.TestNetwork.endpoint;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.ErrorLog;
import io.culvert.server.tls.CertificateFile;
import io.culvert.server.tls.TestCertificate;
import io.culvert.server.tls.dtls.TestNetwork.Echo;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DtlsFrontTest {
  private static final Endpoint ANN = endpoint(1, 1001);
  private static final Endpoint BOB = endpoint(2, 1002);
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  @TempDir private Path dir;
  private CertificateFile file;
  private TestNetwork network;
  private ErrorLog errors;

  @BeforeEach
  void start() throws Exception {
    errors = new ErrorLog();
    file = CertificateFile.of(dir.resolve("c.pem"), TestCertificate.ec());
    network = new TestNetwork(file.certificate());
  }

  @AfterEach
  void stop() {
    network.close();
    file.close();
    errors.close();
    assertThat(errors.messages()).isEmpty();
  }

  @Test
  void whatAClientSaysArrivesAndSoDoesTheAnswer() throws Exception {
    TestClient ann = network.connected(ANN);

    ann.say(HELLO);

    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
    assertThat(network.front.sessions()).isEqualTo(1);
    assertThat(network.front.handshakes()).isZero();
    assertThat(network.opened.getFirst().session.client()).isEqualTo(ANN);
  }

  @Test
  void aServerWithAnRsaKeyIsUnderstoodAsWell() throws Exception {
    file.replace(TestCertificate.rsa());
    TestClient ann = network.connected(ANN);
    ann.say(HELLO);
    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
  }

  @Test
  void eachClientHasASessionOfItsOwn() throws Exception {
    TestClient ann = network.connected(ANN);
    TestClient bob = network.connected(BOB);

    ann.say(HELLO);
    bob.say(new byte[] {7});

    assertThat(network.heardBy(bob)).containsExactly(7);
    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
  }

  /** Security case 46. */
  @Test
  void helloFromManyAddressesLeavesNothingBehind() throws Exception {
    byte[] hello = firstHello();
    for (int i = 0; i < 20_000; i++) {
      network.receive(new Endpoint(0, Endpoint.low(i << 8), 1 + i), hello);
    }

    assertThat(network.front.handshakes()).isZero();
    assertThat(network.front.sessions()).isZero();
    assertThat(network.counted(DtlsCounter.COOKIE_SENT)).isEqualTo(20_000);
    assertThat(network.sent)
        .hasSize(20_000)
        .allSatisfy(answer -> assertThat(answer.length).isLessThanOrEqualTo(60));
    assertThat(hello.length).isGreaterThan(60);
  }

  @Test
  void aCookieIsGoodForTheAddressAndThePortOnly() throws Exception {
    byte[] hello = helloWithCookie();

    network.receive(BOB, hello);
    network.receive(endpoint(1, 1003), hello);
    assertThat(network.front.handshakes()).isZero();
    assertThat(network.counted(DtlsCounter.COOKIE_SENT)).isEqualTo(3);

    network.receive(ANN, hello);
    assertThat(network.front.handshakes()).isEqualTo(1);
  }

  @Test
  void aCookieIsGoodForHalfAMinuteAtLeast() throws Exception {
    byte[] hello = helloWithCookie();
    network.pass(Cookies.GOOD_FOR);
    network.receive(ANN, hello);
    assertThat(network.front.handshakes()).isEqualTo(1);
  }

  @Test
  void aCookieIsGoodForAMinuteAtMost() throws Exception {
    byte[] hello = helloWithCookie();
    network.pass(Cookies.GOOD_FOR.multipliedBy(2));
    network.receive(ANN, hello);
    assertThat(network.front.handshakes()).isZero();
  }

  @Test
  void aCookieOfTwoSecretsAgoIsNoGood() throws Exception {
    byte[] hello = helloWithCookie();
    network.pass(Cookies.GOOD_FOR);
    network.receive(BOB, hello);
    network.pass(Cookies.GOOD_FOR);
    network.receive(ANN, hello);
    assertThat(network.front.handshakes()).isZero();
  }

  @Test
  void theNextHandshakeShowsTheNewCertificateAndOldSessionsLiveOn() throws Exception {
    TestClient ann = network.connected(ANN);
    TestCertificate next = TestCertificate.ec();
    file.replace(next);
    TestClient bob = network.connected(BOB);

    assertThat(bob.serverCertificate())
        .isEqualTo(next.certificate().getEncoded())
        .isNotEqualTo(ann.serverCertificate());
    ann.say(HELLO);
    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
  }

  @Test
  void aHandshakeThatDoesNotGoOnIsGivenUpAfterTenSeconds() throws Exception {
    network.receive(ANN, helloWithCookie());

    network.pass(Handshake.WITHIN.minusMillis(1));
    assertThat(network.front.handshakes()).isEqualTo(1);
    network.pass(Duration.ofMillis(1));
    assertThat(network.front.handshakes()).isZero();
    assertThat(network.counted(DtlsCounter.FAILED)).isEqualTo(1);
  }

  @Test
  void aHandshakeThatMakesNoSenseFailsAtOnce() throws Exception {
    network.receive(ANN, helloWithCookie());

    // A CertificateVerify where a ClientKeyExchange belongs.
    network.receive(ANN, record(22, 0, 9, message(15, 2, 12, 0, 12)));

    network.until(() -> network.counted(DtlsCounter.FAILED) == 1);
    assertThat(network.front.handshakes()).isZero();
  }

  @Test
  void onePartyHasSoManyHandshakesAndNoMore() throws Exception {
    restart(new DtlsFront.Limits(10, 2, 100, 100));
    network.connect(endpoint(1, 1));
    network.connect(endpoint(1, 2));
    network.down =
        datagram -> datagram[0] == 22 && datagram[13] == 3 ? List.of(datagram) : List.of();
    network.until(() -> network.front.handshakes() == 2);

    network.connect(endpoint(1, 3));
    network.until(() -> network.counted(DtlsCounter.OVER_LIMIT) > 0);
    assertThat(network.front.handshakes()).isEqualTo(2);

    network.connect(endpoint(2, 1));
    network.until(() -> network.front.handshakes() == 3);
  }

  @Test
  void thereAreSoManyHandshakesAndNoMore() throws Exception {
    restart(new DtlsFront.Limits(2, 2, 100, 100));
    network.down = datagram -> datagram[13] == 3 ? List.of(datagram) : List.of();
    network.connect(endpoint(1, 1));
    network.connect(endpoint(2, 1));
    network.until(() -> network.front.handshakes() == 2);

    network.connect(endpoint(3, 1));
    network.until(() -> network.counted(DtlsCounter.OVER_LIMIT) > 0);
    assertThat(network.front.handshakes()).isEqualTo(2);
  }

  @Test
  void onePartyHasSoManySessionsAndNoMoreUntilOneEnds() throws Exception {
    restart(new DtlsFront.Limits(10, 10, 100, 1));
    TestClient ann = network.connected(ANN);

    TestClient other = network.connect(endpoint(1, 2));
    network.until(() -> network.counted(DtlsCounter.OVER_LIMIT) > 0);
    assertThat(network.front.sessions()).isEqualTo(1);
    network.connected(BOB);

    ann.hangUp();
    network.until(other::isConnected);
  }

  @Test
  void aClientCanEndItsSession() throws Exception {
    TestClient ann = network.connected(ANN);
    ann.hangUp();

    network.until(() -> network.front.sessions() == 0);
    assertThat(network.counted(DtlsCounter.CLOSED_BY_CLIENT)).isEqualTo(1);
    assertThat(network.opened.getFirst().closed).isEqualTo(1);
    assertThatNothingWorksAnyMore(network.opened.getFirst().session);
  }

  @Test
  void aSessionThatTheServiceClosesTellsTheClient() throws Exception {
    TestClient ann = network.connected(ANN);
    DtlsSession session = network.opened.getFirst().session;

    session.close();
    session.close();

    network.until(() -> {
      ann.hear();
      return ann.isClosed();
    });
    assertThat(network.counted(DtlsCounter.CLOSED)).isEqualTo(1);
    assertThat(network.opened.getFirst().closed).isEqualTo(1);
    assertThatNothingWorksAnyMore(session);
  }

  private void assertThatNothingWorksAnyMore(DtlsSession session) {
    int before = network.sent.size();
    session.send(Unpooled.wrappedBuffer(HELLO), 0, HELLO.length);
    assertThat(network.sent).hasSize(before);
    assertThat(network.counted(DtlsCounter.UNSENT)).isEqualTo(1);
    assertThat(network.front.sessions()).isZero();
  }

  @Test
  void aClientThatBeginsAnewReplacesItsSessionWhenItHasShownItsKeys() throws Exception {
    TestClient before = network.connected(ANN);
    Echo first = network.opened.getFirst();
    network.down =
        datagram -> datagram[13] == 3 || datagram[0] == 23 ? List.of(datagram) : List.of();
    TestClient after = network.connect(ANN);
    network.until(() -> network.front.handshakes() == 1);

    // Nobody has shown anything yet but an address: the first session still works.
    before.say(HELLO);
    for (byte[] next = before.sent.poll(); next != null; next = before.sent.poll()) {
      network.receive(ANN, next);
    }
    assertThat(network.sent.getLast()[0]).isEqualTo((byte) 23);
    assertThat(first.closed).isZero();

    network.down = List::of;
    network.until(after::isConnected);
    assertThat(first.closed).isEqualTo(1);
    assertThat(network.counted(DtlsCounter.REPLACED)).isEqualTo(1);
    assertThat(network.front.sessions()).isEqualTo(1);
    after.say(HELLO);
    assertThat(network.heardBy(after)).isEqualTo(HELLO);
  }

  @Test
  void aClientThatBeginsAnewWhileItShakesHandsReplacesTheHandshake() throws Exception {
    network.down = datagram -> datagram[13] == 3 ? List.of(datagram) : List.of();
    network.connect(ANN);
    network.until(() -> network.sent.size() == 5); // all of the server's hello

    network.down = List::of;
    TestClient after = network.connected(ANN);

    assertThat(network.counted(DtlsCounter.REPLACED)).isEqualTo(1);
    assertThat(network.front.handshakes()).isZero();
    after.say(HELLO);
    assertThat(network.heardBy(after)).isEqualTo(HELLO);
  }

  @Test
  void aHelloThatComesAgainAndLateDoesNothing() throws Exception {
    List<byte[]> hellos = new ArrayList<>();
    network.up =
        datagram -> {
          if (datagram[13] == 1) {
            hellos.add(datagram);
          }
          return List.of(datagram);
        };
    TestClient ann = network.connected(ANN);
    ann.say(HELLO);
    network.heardBy(ann);

    hellos.forEach(hello -> network.receive(ANN, hello));

    assertThat(network.front.handshakes()).isZero();
    ann.say(HELLO);
    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
  }

  @Test
  void aSilentSessionThatNobodyNeedsIsClosed() throws Exception {
    TestClient ann = network.connected(ANN);
    network.pass(Duration.ofSeconds(40));
    ann.say(HELLO);
    network.heardBy(ann);
    network.pass(Duration.ofSeconds(59));
    assertThat(network.front.sessions()).isEqualTo(1);

    network.pass(Duration.ofSeconds(11));
    assertThat(network.front.sessions()).isZero();
    assertThat(network.counted(DtlsCounter.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void aSilentSessionThatIsNeededLivesOn() throws Exception {
    TestClient ann = network.connected(ANN);
    network.opened.getFirst().needed = true;
    network.pass(Duration.ofHours(1));

    ann.say(HELLO);
    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
  }

  /** Anybody can write anybody's address on a datagram. */
  @Test
  void nobodyElseCanEndASession() throws Exception {
    TestClient ann = network.connected(ANN);
    Random random = new Random(46);
    for (int type = 0; type < 70; type++) {
      for (int epoch = 0; epoch < 3; epoch++) {
        for (int length : new int[] {0, 1, 2, 7, 8, 15, 16, 17, 23, 24, 25, 100}) {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          network.receive(ANN, record(type, epoch, 1000 + length, bytes));
        }
        network.receive(ANN, record(type, epoch, 2000, new byte[] {2, 40}));
        network.receive(ANN, record(type, epoch, 2001, new byte[] {1, 0}));
      }
    }

    assertThat(network.front.sessions()).isEqualTo(1);
    ann.say(HELLO);
    assertThat(network.heardBy(ann)).isEqualTo(HELLO);
  }

  @Test
  void nothingIsAllocatedForALongMessageThatIsAnnouncedOnly() throws Exception {
    network.receive(ANN, helloWithCookie());

    network.receive(ANN, record(22, 0, 9, message(16, 2, Records.MAX_MESSAGE_BYTES + 1, 0, 1)));

    assertThat(network.counted(DtlsCounter.MALFORMED)).isEqualTo(1);
    assertThat(network.counted(DtlsCounter.FAILED)).isZero();
  }

  @Test
  void whatIsNoRecordIsCounted() {
    for (byte[] each :
        List.of(
            new byte[1],
            new byte[] {22, (byte) 254, (byte) 253},
            record(22, 0, 0, new byte[0], 1),
            "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII))) {
      network.receive(ANN, each);
    }
    assertThat(network.counted(DtlsCounter.MALFORMED)).isEqualTo(4);
    assertThat(network.sent).isEmpty();
  }

  @Test
  void aRecordOfNobodyIsCounted() {
    network.receive(ANN, record(23, 1, 5, new byte[40]));
    assertThat(network.counted(DtlsCounter.STRAY)).isEqualTo(1);
    assertThat(network.sent).isEmpty();
  }

  @Test
  void aDatagramThatFitsNoRecordIsCountedAndLost() throws Exception {
    TestClient ann = network.connected(ANN);
    DtlsSession session = network.opened.getFirst().session;
    network.sent.clear();

    session.send(Unpooled.wrappedBuffer(new byte[16_385]), 0, 16_385);
    assertThat(network.sent).isEmpty();
    assertThat(network.counted(DtlsCounter.UNSENT)).isEqualTo(1);

    session.send(Unpooled.wrappedBuffer(new byte[16_000]), 0, 16_000);
    assertThat(network.heardBy(ann)).hasSize(16_000);
  }

  @Test
  void severalRecordsInADatagramAllArrive() throws Exception {
    TestClient ann = network.connected(ANN);
    ann.say(new byte[] {1});
    ann.say(new byte[] {2});
    byte[] first = ann.sent.remove();
    byte[] second = ann.sent.remove();

    network.receive(
        ANN, ByteBuffer.allocate(first.length + second.length).put(first).put(second).array());

    assertThat(network.heardBy(ann)).containsExactly(1);
    assertThat(network.heardBy(ann)).containsExactly(2);
  }

  @Test
  void aRecordCountsOnce() throws Exception {
    TestClient ann = network.connected(ANN);
    network.sent.clear();
    ann.say(HELLO);
    byte[] record = ann.sent.remove();

    network.receive(ANN, record);
    network.receive(ANN, record);

    assertThat(network.sent).hasSize(1);
  }

  @Test
  void theHandshakeFitsThroughNarrowNetworks() throws Exception {
    network.close();
    file.close();
    file =
        CertificateFile.of(
            dir.resolve("long.pem"),
            TestCertificate.rsa(),
            TestCertificate.rsa(),
            TestCertificate.rsa());
    network = new TestNetwork(file.certificate());

    network.connected(ANN);

    assertThat(network.sent)
        .allSatisfy(each -> assertThat(each.length).isLessThanOrEqualTo(1200))
        .anySatisfy(each -> assertThat(each.length).isGreaterThan(1100));
  }

  @Test
  void closingTheFrontEndsEverything() throws Exception {
    network.connected(ANN);
    network.down = datagram -> datagram[13] == 3 ? List.of(datagram) : List.of();
    network.connect(BOB);
    network.until(() -> network.front.handshakes() == 1);

    network.front.close();

    assertThat(network.front.sessions()).isZero();
    assertThat(network.front.handshakes()).isZero();
    assertThat(network.opened.getFirst().closed).isEqualTo(1);
  }

  @Test
  void anErrorOfTheServiceEndsThatSessionOnly() throws Exception {
    TestClient ann = network.connected(ANN);
    TestClient bob = network.connected(BOB);
    network.opened.getFirst().fails = true;

    ann.say(HELLO);

    network.until(() -> network.front.sessions() == 1);

    assertThat(network.counted(DtlsCounter.BROKEN)).isEqualTo(1);
    bob.say(HELLO);
    assertThat(network.heardBy(bob)).isEqualTo(HELLO);
    assertThat(errors.messages()).hasSize(1);
    errors.messages().clear();
  }

  private byte[] firstHello() {
    TestClient client = new TestClient(ANN).connect();
    List<byte[]> hello = new ArrayList<>();
    network.until(() -> {
      byte[] next = client.sent.poll();
      if (next != null) {
        hello.add(next);
      }
      return !hello.isEmpty();
    });
    return hello.getFirst();
  }

  /** The second ClientHello of a client at Ann's address, which has not been received yet. */
  private byte[] helloWithCookie() {
    List<byte[]> hellos = new ArrayList<>();
    network.up =
        datagram -> {
          hellos.add(datagram);
          return hellos.size() == 1 ? List.of(datagram) : List.of();
        };
    network.connect(ANN);
    network.until(() -> hellos.size() == 2);
    return hellos.getLast();
  }

  private void restart(DtlsFront.Limits limits) {
    network.close();
    network = new TestNetwork(file.certificate(), limits);
  }

  private static byte[] record(int type, int epoch, long number, byte[] fragment) {
    return record(type, epoch, number, fragment, fragment.length);
  }

  private static byte[] record(int type, int epoch, long number, byte[] fragment, int length) {
    return ByteBuffer.allocate(13 + fragment.length)
        .put((byte) type)
        .putShort((short) 0xfefd)
        .putShort((short) epoch)
        .putShort((short) 0)
        .putInt((int) number)
        .putShort((short) length)
        .put(fragment)
        .array();
  }

  private static byte[] message(int type, int number, int length, int offset, int fragment) {
    return ByteBuffer.allocate(12 + fragment)
        .putInt(type << 24 | length)
        .putShort((short) number)
        .putShort((short) (offset >> 8))
        .put((byte) offset)
        .putShort((short) (fragment >> 8))
        .put((byte) fragment)
        .array();
  }
}
