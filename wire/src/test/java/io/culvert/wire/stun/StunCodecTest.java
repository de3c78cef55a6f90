package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.MappedAddress;
import io.culvert.wire.stun.StunAttribute.MessageIntegrity;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Software;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StunCodecTest {
  private static final String HEADER = "2112a442 000000000000000000000001";
  private static final TransactionId ONE = new TransactionId(0, 1);

  @Test
  void readsTheSampleRequest() throws Exception {
    assertThat(decode(Rfc5769.SAMPLE_REQUEST.bytes()))
        .isEqualTo(
            StunMessage.bindingRequest(
                Rfc5769.TRANSACTION,
                new Software("STUN test client"),
                new Unknown(0x0024, StunDecoding.bytes("6e0001ff")),
                new Unknown(0x8029, StunDecoding.bytes("932ff9b151263b36")),
                new Username("evtj:h6vY"),
                integrity("9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"),
                new Fingerprint()));
  }

  @Test
  void readsTheSampleResponses() throws Exception {
    StunMessage ipv4 = decode(Rfc5769.SAMPLE_IPV4_RESPONSE.bytes());
    StunMessage ipv6 = decode(Rfc5769.SAMPLE_IPV6_RESPONSE.bytes());
    assertThat(ipv4.first(XorMappedAddress.class)).contains(new XorMappedAddress(Rfc5769.IPV4));
    assertThat(ipv6.first(XorMappedAddress.class)).contains(new XorMappedAddress(Rfc5769.IPV6));
    StunMessage request = decode(Rfc5769.SAMPLE_REQUEST.bytes());
    assertThat(ipv4.answers(request)).isTrue();
    assertThat(ipv6.answers(request)).isTrue();
    assertThat(request.answers(request)).isFalse();
    assertThat(ipv4.answers(StunMessage.bindingRequest(ONE))).isFalse();
  }

  @Test
  void readsTheSampleRequestWithLongTermCredentials() throws Exception {
    assertThat(decode(Rfc5769.SAMPLE_LONG_TERM_REQUEST.bytes()))
        .isEqualTo(
            StunMessage.bindingRequest(
                new TransactionId(0x78ad3433, 0xc6ad72c029da412eL),
                new Username("マトリックス"),
                new Nonce("f//499k954d6OL34oL9FSTvy64sA"),
                new Realm("example.org"),
                integrity("f67024656dd64a3e02b8e0712e85c9a28ca89666")));
  }

  /** Only the padding differs: ours is zeros (RFC 8489 §14), which changes the FINGERPRINT. */
  @ParameterizedTest
  @EnumSource
  void writesTheSamplesAgain(Rfc5769 sample) throws Exception {
    byte[] expected = sample.bytes();
    byte[] written = encode(decode(expected));
    assertThat(written).hasSameSizeAs(expected);
    if (sample == Rfc5769.SAMPLE_LONG_TERM_REQUEST) {
      assertThat(written).isEqualTo(expected);
    }
    assertThat(decode(written)).isEqualTo(decode(expected));
  }

  @ParameterizedTest
  @EnumSource
  void noSampleThatIsCutShortIsAMessage(Rfc5769 sample) {
    byte[] bytes = sample.bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThat(StunDecoding.of(cut).message()).as("%s bytes", length).isNull();
      if (length >= 20) {
        cut[2] = (byte) ((length - 20) >> 8);
        cut[3] = (byte) (length - 20);
        StunDecoding.of(cut); // with a length that fits it may be a message or not
      }
    }
    assertThat(StunDecoding.of(Arrays.copyOf(bytes, bytes.length + 1)).message()).isNull();
    assertThat(StunDecoding.of(Arrays.copyOf(bytes, bytes.length + 4)).message()).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"SAMPLE_REQUEST", "SAMPLE_IPV4_RESPONSE", "SAMPLE_IPV6_RESPONSE"})
  void theFingerprintShowsEveryBitThatChanged(Rfc5769 sample) {
    byte[] bytes = sample.bytes();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      StunDecoding decoding = StunDecoding.of(changed);
      boolean hidesTheFingerprint = bit / 8 == bytes.length - 8 || bit / 8 == bytes.length - 7;
      assertThat(decoding.message() == null || hidesTheFingerprint).as("bit %s", bit).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          REQUEST    | 1    | 0001
          INDICATION | 1    | 0011
          SUCCESS    | 1    | 0101
          ERROR      | 1    | 0111
          REQUEST    | 3    | 0003
          SUCCESS    | 8    | 0108
          REQUEST    | 4095 | 3eef
          ERROR      | 4095 | 3fff
          INDICATION | 128  | 0210
          REQUEST    | 16   | 0020
          """)
  void theClassIsInTheMidstOfTheMethod(StunClass messageClass, int method, String type)
      throws Exception {
    StunMessage message = new StunMessage(messageClass, method, ONE, List.of());
    byte[] bytes = StunDecoding.bytes(type + "0000" + HEADER);
    assertThat(encode(message)).isEqualTo(bytes);
    assertThat(decode(bytes)).isEqualTo(message);
  }

  @Test
  void everyTypeIsOfOneClassAndMethod() throws Exception {
    for (int type = 0; type < 1 << 14; type++) {
      byte[] bytes = StunDecoding.bytes("%04x".formatted(type) + "0000" + HEADER);
      assertThat(encode(decode(bytes))).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0001 0004 2112a442 000000000000000000000001               | length of 4 in 20 bytes
          0001 0000 2112a442 000000000000000000000001 00000000      | length of 0 in 24 bytes
          0001 0002 2112a442 000000000000000000000001 0000          | no header of STUN
          4001 0000 2112a442 000000000000000000000001               | no header of STUN
          8001 0000 2112a442 000000000000000000000001               | no header of STUN
          0001 0000 2112a443 000000000000000000000001               | no header of STUN
          ff                                                        | no header of STUN
          0001 0004 2112a442 000000000000000000000001 8022 0001     | attribute cut short
          0001 0008 2112a442 000000000000000000000001 8022 ffff 61000000 | attribute cut short
          0001 0004 2112a442 000000000000000000000001 0020 0000     | no address in the 0 bytes of attribute 0x0020
          0001 0008 2112a442 000000000000000000000001 0001 0004 00010001 | no address in the 4 bytes of attribute 0x0001
          0001 000c 2112a442 000000000000000000000001 0001 0008 0002000100000000 | no address in the 8 bytes of attribute 0x0001
          0001 000c 2112a442 000000000000000000000001 0001 0008 0000000100000000 | no address in the 8 bytes of attribute 0x0001
          0001 000c 2112a442 000000000000000000000001 0001 0008 0003000100000000 | no address in the 8 bytes of attribute 0x0001
          0001 0008 2112a442 000000000000000000000001 0006 0002 c328 0000 | attribute is not UTF-8
          0111 0008 2112a442 000000000000000000000001 0009 0003 00000401 | error code cut short
          0111 0008 2112a442 000000000000000000000001 0009 0004 00000263 | error code 2 * 100 + 99
          0111 0008 2112a442 000000000000000000000001 0009 0004 00000700 | error code 7 * 100 + 0
          0111 0008 2112a442 000000000000000000000001 0009 0004 00000464 | error code 4 * 100 + 100
          0111 0008 2112a442 000000000000000000000001 000a 0003 00240000 | unknown attributes cut short
          0001 0008 2112a442 000000000000000000000001 0008 0004 00000000 | integrity of 4 bytes
          0001 0008 2112a442 000000000000000000000001 8028 0004 00000000 | fingerprint does not fit the message
          0001 0004 2112a442 000000000000000000000001 8028 0000     | fingerprint does not fit the message
          """)
  void refusesWhatIsMalformed(String hex, String reason) {
    assertThat(StunDecoding.of(StunDecoding.bytes(hex))).isEqualTo(new StunDecoding(null, reason));
  }

  @Test
  void nothingFollowsAFingerprint() {
    byte[] right = encode(StunMessage.bindingRequest(ONE, new Fingerprint()));
    byte[] more = Arrays.copyOf(right, right.length + 4);
    more[3] = (byte) (more[3] + 4);
    assertThat(StunDecoding.of(more).refusal()).isEqualTo("fingerprint does not fit the message");
  }

  @Test
  void whatStandsBehindTheIntegrityDoesNotCount() throws Exception {
    byte[] bytes =
        StunDecoding.bytes(
            "0001 0044"
                + HEADER
                + "0006 0001 61000000"
                + "0008 0014"
                + "11".repeat(20)
                + "0006 0001 62000000"
                + "0008 0014"
                + "22".repeat(20)
                + "8022 0000");
    assertThat(decode(bytes))
        .isEqualTo(StunMessage.bindingRequest(ONE, new Username("a"), integrity("11".repeat(20))));
    assertThatThrownBy(
            () -> StunMessage.bindingRequest(ONE, integrity("11".repeat(20)), new Username("b")))
        .hasMessageContaining("behind what vouches for it");
    assertThatThrownBy(() -> StunMessage.bindingRequest(ONE, new Fingerprint(), new Fingerprint()))
        .hasMessageContaining("behind what vouches for it");
  }

  @Test
  void textForPeopleMayBeBrokenAndLoseAtMostItself() throws Exception {
    assertThat(decode(StunDecoding.bytes("0101 0008" + HEADER + "8022 0002 c3280000")))
        .isEqualTo(new StunMessage(StunClass.SUCCESS, 1, ONE, List.of(new Software("\ufffd("))));
    String longest = "ff".repeat(763) + "00";
    assertThat(decode(StunDecoding.bytes("0101 0300" + HEADER + "8022 02fb" + longest)))
        .isEqualTo(new StunMessage(StunClass.SUCCESS, 1, ONE, List.of(new Software(""))));
    assertThat(
            StunDecoding.of(
                    StunDecoding.bytes("0101 0300" + HEADER + "8022 02fc" + "61".repeat(764)))
                .refusal())
        .isEqualTo("text of 764 bytes");
  }

  @Test
  void anIpv4MappedAddressStaysInItsFamily() throws Exception {
    byte[] mapped = StunDecoding.bytes("00000000 00000000 0000ffff c0000201");
    InetSocketAddress address =
        new InetSocketAddress(Inet6Address.getByAddress(null, mapped, -1), 5);
    StunMessage message =
        StunMessage.bindingRequest(ONE, new MappedAddress(address), new XorMappedAddress(address));
    assertThat(decode(encode(message))).isEqualTo(message);
  }

  @Test
  void anErrorTellsItsReasonAndTheUnknownAttributes() throws Exception {
    StunMessage error =
        StunMessage.bindingRequest(ONE)
            .answer(
                StunClass.ERROR,
                new ErrorCode(ErrorCode.UNKNOWN_ATTRIBUTE, "Unknown"),
                new UnknownAttributes(List.of(0x0003, 0x0024, 0x7fff)));
    byte[] bytes =
        StunDecoding.bytes(
            "0111 001c"
                + HEADER
                + "0009 000b 00000414 556e6b6e6f776e 00"
                + "000a 0006 0003 0024 7fff 0000");
    assertThat(encode(error)).isEqualTo(bytes);
    assertThat(decode(bytes)).isEqualTo(error);
  }

  @Test
  void theFirstOfManyCounts() throws Exception {
    StunMessage message =
        StunMessage.bindingRequest(ONE, new Username("a"), new Username("b"), new Realm("r"));
    StunMessage decoded = decode(encode(message));
    assertThat(decoded).isEqualTo(message);
    assertThat(decoded.first(Username.class)).contains(new Username("a"));
    assertThat(decoded.first(Nonce.class)).isEmpty();
  }

  @Test
  void aMessageEndsAt65532BytesOfAttributes() throws Exception {
    StunMessage longest = StunMessage.bindingRequest(ONE, new Unknown(0x9999, new byte[65_528]));
    assertThat(decode(encode(longest))).isEqualTo(longest);
    StunMessage tooLong = StunMessage.bindingRequest(ONE, new Unknown(0x9999, new byte[65_529]));
    assertThatThrownBy(() -> encode(tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the attributes have 65536 bytes, more than 65532");
  }

  @Test
  void stunIsToldFromOtherTraffic() {
    assertThat(looksLikeStun("0001 0000" + HEADER)).isTrue();
    assertThat(looksLikeStun("3fff fffc" + HEADER)).isTrue();
    assertThat(looksLikeStun("ff")).isFalse();
    assertThat(looksLikeStun("")).isFalse();
    assertThat(looksLikeStun(("0001 0000" + HEADER).substring(0, 40))).isFalse();
    assertThat(looksLikeStun("4000 0000" + HEADER)).isFalse();
    assertThat(looksLikeStun("0001 0001" + HEADER)).isFalse();
    assertThat(looksLikeStun("0001 0000 2112a441 000000000000000000000001")).isFalse();
  }

  @Test
  void aTransactionIdIsReadInTheReport() {
    assertThat(Rfc5769.TRANSACTION).hasToString("b7e7a701bc34d686fa87dfae");
  }

  @Test
  void textIsAtMost763BytesLong() {
    assertThat(new Software("a".repeat(763)).type()).isEqualTo(AttributeType.SOFTWARE);
    IntStream.of(764, 1000)
        .forEach(length ->
            assertThatThrownBy(() -> new Realm("a".repeat(length)))
                .hasMessage("text of " + length + " bytes, more than 763"));
    assertThatThrownBy(() -> new Realm("\ud800")).hasMessage("text must be Unicode");
  }

  private static boolean looksLikeStun(String hex) {
    return StunCodec.looksLikeStun(Unpooled.wrappedBuffer(StunDecoding.bytes(hex)));
  }

  private static MessageIntegrity integrity(String hex) {
    return new MessageIntegrity(HexFormat.of().parseHex(hex));
  }

  private static StunMessage decode(byte[] bytes) throws Exception {
    return StunCodec.decode(Unpooled.wrappedBuffer(bytes));
  }

  private static byte[] encode(StunMessage message) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    return ByteBufUtil.getBytes(out);
  }
}
