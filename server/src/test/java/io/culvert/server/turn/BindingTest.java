package io.culvert.server.turn;

import static io.culvert.server.turn.TurnOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingTest {
  private static final Endpoint IPV4 = at("192.0.2.1", 32853);
  private static final Endpoint IPV6 = at("2001:db8:1234:5678:11:2233:4455:6677", 32853);

  private final TurnOnPaper server = new TurnOnPaper();

  @AfterEach
  void nothingIsLeft() {
    server.close();
  }

  @Test
  void twentyBytesAreAnsweredWithThirtyTwo() {
    assertThat(answer(StunBytes.REQUEST, IPV4))
        .hasSize(32)
        .isEqualTo(StunBytes.hex("0101 000c" + StunBytes.ID + "0020 0008 0001 a147 e112a643"));
    assertThat(server.counted(TurnCounter.ANSWERED)).isOne();
  }

  @Test
  void overIpv6WithFortyFour() {
    assertThat(answer(StunBytes.REQUEST, IPV6))
        .hasSize(44)
        .isEqualTo(
            StunBytes.hex(
                "0101 0018"
                    + StunBytes.ID
                    + "0020 0014 0002 a147 0113a9fa"
                    + xored("12345678 00112233 44556677")));
  }

  /** As libnice asks a STUN server. */
  @Test
  void aClientFromBeforeTheCookieGetsItsAddressInPlainBytes() {
    String id = "688eb5c7 4166a31b c63b3afe 0c82b766";
    assertThat(answer(StunBytes.hex("0001 0000" + id), IPV4))
        .hasSize(32)
        .isEqualTo(StunBytes.hex("0101 000c" + id + "0001 0008 0001 8055 c0000201"));
    assertThat(answer(StunBytes.hex("0001 0000" + id), IPV6))
        .hasSize(44)
        .isEqualTo(
            StunBytes.hex(
                "0101 0018" + id + "0001 0014 0002 8055 20010db8 12345678 00112233 44556677"));
    assertThat(server.counted(TurnCounter.ANSWERED)).isEqualTo(2);
  }

  @Test
  void suchAClientGetsNothingElse() {
    String id = "688eb5c7 4166a31b c63b3afe 0c82b766";
    assertThat(answerOrNull(StunBytes.hex("0001 0008" + id + "0003 0004 00000006"), IPV4)).isNull();
    assertThat(answerOrNull(StunBytes.hex("0003 0000" + id), IPV4)).isNull();
    assertThat(answerOrNull(StunBytes.hex("0101 0000" + id), IPV4)).isNull();
    assertThat(server.counted(TurnCounter.MALFORMED)).isEqualTo(3);
  }

  /** The last 12 bytes of an IPv6 address are XORed with the transaction's id. */
  private static String xored(String hex) {
    byte[] bytes = StunBytes.hex(hex);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= (byte) (i + 1);
    }
    return ByteBufUtil.hexDump(bytes);
  }

  @Test
  void aFingerprintIsAnsweredWithAFingerprint() {
    byte[] plain = answer(StunBytes.REQUEST, IPV4);
    assertThat(answer(StunBytes.withFingerprint(StunBytes.REQUEST), IPV4))
        .hasSize(40)
        .isEqualTo(StunBytes.withFingerprint(plain));
    byte[] refusal = answer(StunBytes.request("0024 0004 00000006"), IPV4);
    assertThat(answer(StunBytes.withFingerprint(StunBytes.request("0024 0004 00000006")), IPV4))
        .isEqualTo(StunBytes.withFingerprint(refusal));
  }

  /** Case 34. */
  @Test
  void aFingerprintThatDoesNotFitIsDroppedAndCounted() {
    byte[] wrong = StunBytes.withFingerprint(StunBytes.REQUEST);
    wrong[wrong.length - 1] ^= 1;
    assertThat(answerOrNull(wrong, IPV4)).isNull();
    assertThat(server.counted(TurnCounter.BAD_FINGERPRINT)).isOne();
    assertThat(answer(StunBytes.REQUEST, IPV4)).as("the next one").hasSize(32);
  }

  @Test
  void whatTheRequestCarriesDoesNotChangeTheAnswer() {
    byte[] request =
        StunBytes.request(
            "8022 0004 74657374"
                + "0006 0003 613a6200"
                + "0014 0001 72000000 0015 0001 6e000000"
                + "0020 0008 0001 a147 e112a643"
                + "c057 0004 00000001"
                + "0008 0014"
                + "00".repeat(20)
                + "0024 0004 6e0001ff");
    assertThat(answer(request, IPV4)).isEqualTo(answer(StunBytes.REQUEST, IPV4));
  }

  /** Case 55. */
  @Test
  void attributesThatWouldHaveToBeKnownAreNamed() {
    assertThat(answer(StunBytes.request("0024 0004 6e0001ff"), IPV4))
        .isEqualTo(
            StunBytes.hex(
                "0111 0010" + StunBytes.ID + "0009 0004 00000414" + "000a 0002 0024 0000"));
    assertThat(server.counted(TurnCounter.UNKNOWN_ATTRIBUTE)).isOne();
    assertThat(answer(StunBytes.request("0003 0004 00000006 8022 0000 7fff 0000 0025 0000"), IPV4))
        .as("CHANGE-REQUEST, without a second address")
        .isEqualTo(
            StunBytes.hex(
                "0111 0014"
                    + StunBytes.ID
                    + "0009 0004 00000414"
                    + "000a 0006 0003 7fff 0025 0000"));
  }

  /** Case 60. */
  @Test
  void noAnswerIsMoreThanAnAddressLongerThanItsRequest() {
    for (int unknown = 0; unknown < 400; unknown++) {
      byte[] request = StunBytes.request("0024 0000".repeat(unknown));
      assertThat(answer(request, IPV4).length).isLessThanOrEqualTo(request.length + 12);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NO_REQUEST     | 0011 0000 2112a442 0102030405060708090a0b0c
          NO_REQUEST     | 0101 0000 2112a442 0102030405060708090a0b0c
          NO_REQUEST     | 0111 0000 2112a442 0102030405060708090a0b0c
          NO_REQUEST     | 0113 0000 2112a442 0102030405060708090a0b0c
          UNKNOWN_METHOD | 0002 0000 2112a442 0102030405060708090a0b0c
          UNKNOWN_METHOD | 0000 0000 2112a442 0102030405060708090a0b0c
          MALFORMED      | 0001 0004 00000000 0102030405060708090a0b0c 00000000
          MALFORMED      | 0001 0004 2112a442 0102030405060708090a0b0c
          MALFORMED      | 0001 0000 2112a442 0102030405060708090a0b
          MALFORMED      | 0001 0004 2112a442 0102030405060708090a0b0c 8022 0001
          MALFORMED      | 8000 0000
          KEEP_ALIVE     | ff
          """)
  void nothingElseIsAnswered(TurnCounter counter, String hex) {
    assertThat(answerOrNull(StunBytes.hex(hex), IPV4)).isNull();
    assertThat(server.counted(counter)).isOne();
  }

  @Test
  void randomDamageNeverMakesAnAnswerThatIsMuchLonger() {
    Random random = new Random(3478);
    for (int i = 0; i < 50_000; i++) {
      byte[] message =
          StunBytes.withFingerprint(StunBytes.request("0006 0003 613a6200 0024 0004 6e0001ff"));
      for (int n = random.nextInt(4); n > 0; n--) {
        message[random.nextInt(2, message.length)] = (byte) random.nextInt();
      }
      byte[] answer = answerOrNull(message, IPV4);
      assertThat(answer == null ? 0 : answer.length).isLessThanOrEqualTo(message.length + 12);
    }
  }

  /** Case 43. */
  @Test
  void anAnswerAllocatesNothing() {
    PaperClient client = new PaperClient(server.turn, ClientTransport.UDP, IPV4, "nobody");
    client.discard();
    byte[] bytes = StunBytes.withFingerprint(StunBytes.REQUEST);
    ByteBuf request = Unpooled.directBuffer(256).writeBytes(bytes);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int times = 20_000;
    long before = 0;
    for (int i = -5 * times; i < times; i++) {
      if (i == 0) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      server.turn.received(client, request, 0, bytes.length);
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / times).isZero();
    request.release();
  }

  private byte[] answer(byte[] message, Endpoint from) {
    byte[] answer = answerOrNull(message, from);
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  private byte @Nullable [] answerOrNull(byte[] message, Endpoint from) {
    PaperClient client = new PaperClient(server.turn, ClientTransport.UDP, from, "nobody");
    client.send(message);
    List<byte[]> received = client.received();
    return received.isEmpty() ? null : received.getFirst();
  }
}
