package io.culvert.server.stun;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.server.net.Counters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.ReferenceCountUtil;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingResponderTest {
  private static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 32853);
  private static final InetSocketAddress IPV6 =
      new InetSocketAddress("2001:db8:1234:5678:11:2233:4455:6677", 32853);

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
  private final Counters<StunCounter> counters = new Counters<>(StunCounter.class);
  private final BindingResponder responder = new BindingResponder(counters);

  @AfterEach
  void everyBufferIsReleased() {
    assertThat(memory.metric().usedHeapMemory()).isZero();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  @Test
  void twentyBytesAreAnsweredWithThirtyTwo() {
    assertThat(answer(StunBytes.REQUEST, IPV4))
        .hasSize(32)
        .isEqualTo(StunBytes.hex("0101 000c" + StunBytes.ID + "0020 0008 0001 a147 e112a643"));
    expectCounted(StunCounter.ANSWERED);
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
    byte[] refusal = answer(StunBytes.request("0003 0004 00000006"), IPV4);
    assertThat(answer(StunBytes.withFingerprint(StunBytes.request("0003 0004 00000006")), IPV4))
        .isEqualTo(StunBytes.withFingerprint(refusal));
  }

  @Test
  void aFingerprintThatDoesNotFitIsDroppedAndCounted() {
    byte[] wrong = StunBytes.withFingerprint(StunBytes.REQUEST);
    wrong[wrong.length - 1] ^= 1;
    assertThat(answerOrNull(wrong, IPV4)).isNull();
    expectCounted(StunCounter.BAD_FINGERPRINT);
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

  @Test
  void attributesThatWouldHaveToBeKnownAreNamed() {
    assertThat(answer(StunBytes.request("0024 0004 6e0001ff"), IPV4))
        .isEqualTo(
            StunBytes.hex(
                "0111 0010" + StunBytes.ID + "0009 0004 00000414" + "000a 0002 0024 0000"));
    expectCounted(StunCounter.UNKNOWN_ATTRIBUTE);
    assertThat(answer(StunBytes.request("0003 0004 00000006 8022 0000 7fff 0000 0025 0000"), IPV4))
        .isEqualTo(
            StunBytes.hex(
                "0111 0014"
                    + StunBytes.ID
                    + "0009 0004 00000414"
                    + "000a 0006 0003 7fff 0025 0000"));
  }

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
          UNKNOWN_METHOD | 0003 0000 2112a442 0102030405060708090a0b0c
          UNKNOWN_METHOD | 0000 0000 2112a442 0102030405060708090a0b0c
          MALFORMED      | 0001 0000 00000000 0102030405060708090a0b0c
          MALFORMED      | 0001 0004 2112a442 0102030405060708090a0b0c
          MALFORMED      | 0001 0000 2112a442 0102030405060708090a0b
          MALFORMED      | 0001 0004 2112a442 0102030405060708090a0b0c 8022 0001
          MALFORMED      | 4000 0000
          MALFORMED      | ff
          """)
  void nothingElseIsAnswered(StunCounter counter, String hex) {
    assertThat(answerOrNull(StunBytes.hex(hex), IPV4)).isNull();
    expectCounted(counter);
  }

  @Test
  void randomDamageNeverMakesAnAnswerThatIsMuchLonger() {
    Random random = new Random(3478);
    for (int i = 0; i < 50_000; i++) {
      byte[] message =
          StunBytes.withFingerprint(StunBytes.request("0006 0003 613a6200 0024 0004 6e0001ff"));
      for (int n = random.nextInt(4); n > 0; n--) {
        message[random.nextInt(message.length)] = (byte) random.nextInt();
      }
      byte[] answer = answerOrNull(message, IPV4);
      assertThat(answer == null ? 0 : answer.length).isLessThanOrEqualTo(message.length + 12);
    }
  }

  @Test
  void anAnswerAllocatesNextToNothingButItsBuffer() throws Exception {
    ByteBuf request = Unpooled.copiedBuffer(StunBytes.withFingerprint(StunBytes.REQUEST));
    ByteBufAllocator netty = ByteBufAllocator.DEFAULT;
    try (DefaultEventLoop loop = new DefaultEventLoop()) {
      long buffer = loop.submit(() -> allocatedBy(() -> netty.ioBuffer(64))).get();
      long answer =
          loop.submit(() -> allocatedBy(() -> responder.answer(request, IPV4, netty))).get();
      assertThat(answer - buffer).as("bytes an answer, %s its buffer", buffer).isLessThan(40);
    }
  }

  /** How many bytes each of very many takes on average, once it has been done very often. */
  private static long allocatedBy(Supplier<@Nullable ByteBuf> making) {
    int times = 20_000;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = -times; i < times; i++) {
      if (i == 0) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      ReferenceCountUtil.release(making.get());
    }
    return (threads.getCurrentThreadAllocatedBytes() - before) / times;
  }

  private byte[] answer(byte[] message, InetSocketAddress from) {
    byte[] answer = answerOrNull(message, from);
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  private byte @Nullable [] answerOrNull(byte[] message, InetSocketAddress from) {
    ByteBuf bytes = Unpooled.buffer().writeZero(3).skipBytes(3).writeBytes(message);
    ByteBuf answer = responder.answer(bytes, from, memory);
    if (answer == null) {
      return null;
    }
    try {
      return ByteBufUtil.getBytes(answer);
    } finally {
      answer.release();
    }
  }

  private void expectCounted(StunCounter counter) {
    assertThat(counters.snapshot())
        .containsEntry(counter, 1L)
        .allSatisfy((c, n) -> assertThat(n).isEqualTo(c == counter ? 1 : 0));
  }
}
