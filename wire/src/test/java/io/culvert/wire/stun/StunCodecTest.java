package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.stun.DiscoveryAttribute.CacheTimeout;
import io.culvert.wire.stun.DiscoveryAttribute.ChangeRequest;
import io.culvert.wire.stun.DiscoveryAttribute.OtherAddress;
import io.culvert.wire.stun.DiscoveryAttribute.Padding;
import io.culvert.wire.stun.DiscoveryAttribute.ResponseOrigin;
import io.culvert.wire.stun.DiscoveryAttribute.ResponsePort;
import io.culvert.wire.stun.IceAttribute.IceControlled;
import io.culvert.wire.stun.IceAttribute.IceControlling;
import io.culvert.wire.stun.IceAttribute.Priority;
import io.culvert.wire.stun.IceAttribute.UseCandidate;
import io.culvert.wire.stun.StunAttribute.Algorithm;
import io.culvert.wire.stun.StunAttribute.AlternateDomain;
import io.culvert.wire.stun.StunAttribute.AlternateServer;
import io.culvert.wire.stun.StunAttribute.ChosenPasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.MappedAddress;
import io.culvert.wire.stun.StunAttribute.MessageIntegrity;
import io.culvert.wire.stun.StunAttribute.MessageIntegritySha256;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.PasswordAlgorithms;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Software;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.AddressErrorCode;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.DontFragment;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Icmp;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.MobilityTicket;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.ReservationToken;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                new Priority(0x6e0001ff),
                new IceControlled(0x932ff9b151263b36L),
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

  @ParameterizedTest
  @MethodSource
  void everyAttributeHasItsBytes(StunAttribute attribute, String hex) throws Exception {
    byte[] value = StunDecoding.bytes(hex);
    byte[] bytes = StunDecoding.bytes("0003 %04x".formatted(value.length) + HEADER + hex);
    StunMessage message =
        new StunMessage(StunClass.REQUEST, StunMessage.ALLOCATE, ONE, List.of(attribute));
    assertThat(encode(message)).isEqualTo(bytes);
    assertThat(StunDecoding.of(bytes).message()).isEqualTo(message);
    assertThat(attribute.type()).isEqualTo((value[0] & 0xff) << 8 | (value[1] & 0xff));
  }

  static List<Arguments> everyAttributeHasItsBytes() throws Exception {
    InetSocketAddress ipv4 = new InetSocketAddress("192.0.2.1", 0x1234);
    InetSocketAddress ipv6 = new InetSocketAddress("2001:db8::1", 0x1234);
    String xorIpv6 = "0002 3326 0113a9fa 00000000 00000000 00000000";
    return List.of(
        Arguments.of(new MappedAddress(ipv4), "0001 0008 0001 1234 c0000201"),
        Arguments.of(
            new MappedAddress(ipv6), "0001 0014 0002 1234 20010db8 00000000 00000000 00000001"),
        Arguments.of(new XorMappedAddress(ipv4), "0020 0008 0001 3326 e112a643"),
        Arguments.of(new XorMappedAddress(ipv6), "0020 0014" + xorIpv6),
        Arguments.of(new XorPeerAddress(ipv4), "0012 0008 0001 3326 e112a643"),
        Arguments.of(new XorPeerAddress(ipv6), "0012 0014" + xorIpv6),
        Arguments.of(new XorRelayedAddress(ipv4), "0016 0008 0001 3326 e112a643"),
        Arguments.of(new AlternateServer(ipv4), "8023 0008 0001 1234 c0000201"),
        Arguments.of(new ResponseOrigin(ipv4), "802b 0008 0001 1234 c0000201"),
        Arguments.of(new OtherAddress(ipv4), "802c 0008 0001 1234 c0000201"),
        Arguments.of(new Username("ab"), "0006 0002 6162 0000"),
        Arguments.of(new Realm("r"), "0014 0001 72 000000"),
        Arguments.of(new Nonce("n23"), "0015 0003 6e3233 00"),
        Arguments.of(new Software(""), "8022 0000"),
        Arguments.of(new AlternateDomain("a.b"), "8003 0003 612e62 00"),
        Arguments.of(new UserHash(new byte[32]), "001e 0020" + "00".repeat(32)),
        Arguments.of(
            new PasswordAlgorithms(
                List.of(
                    Algorithm.of(PasswordAlgorithm.SHA_256),
                    new Algorithm(0x1234, new byte[] {1, 2, 3}),
                    Algorithm.of(PasswordAlgorithm.MD5))),
            "8002 0010 00020000 12340003 01020300 00010000"),
        Arguments.of(new PasswordAlgorithms(List.of()), "8002 0000"),
        Arguments.of(
            new ChosenPasswordAlgorithm(Algorithm.of(PasswordAlgorithm.SHA_256)),
            "001d 0004 00020000"),
        Arguments.of(new ChannelNumber(0x4abc), "000c 0004 4abc 0000"),
        Arguments.of(new Lifetime(0xffff_fffeL), "000d 0004 fffffffe"),
        Arguments.of(new Priority(0xffff_fffeL), "0024 0004 fffffffe"),
        Arguments.of(new UseCandidate(), "0025 0000"),
        Arguments.of(new IceControlled(-2), "8029 0008 fffffffffffffffe"),
        Arguments.of(new IceControlling(1), "802a 0008 0000000000000001"),
        Arguments.of(new Data(new byte[] {1, 2, 3, 4, 5}), "0013 0005 0102030405 000000"),
        Arguments.of(new Data(new byte[0]), "0013 0000"),
        Arguments.of(new RequestedAddressFamily(AddressFamily.IPV6), "0017 0004 02000000"),
        Arguments.of(new AdditionalAddressFamily(AddressFamily.IPV6), "8000 0004 02000000"),
        Arguments.of(
            new AddressErrorCode(AddressFamily.IPV6, 440, "no"), "8001 0006 02000428 6e6f 0000"),
        Arguments.of(new EvenPort(true), "0018 0001 80 000000"),
        Arguments.of(new EvenPort(false), "0018 0001 00 000000"),
        Arguments.of(new RequestedTransport(RequestedTransport.UDP), "0019 0004 11000000"),
        Arguments.of(new DontFragment(), "001a 0000"),
        Arguments.of(new ReservationToken(0xfedcba9876543210L), "0022 0008 fedcba9876543210"),
        Arguments.of(new Icmp(3, 4, 1400), "8004 0008 00000604 00000578"),
        Arguments.of(new Icmp(127, 511, -1), "8004 0008 0000ffff ffffffff"),
        Arguments.of(new ConnectionId(0x89abcdef), "002a 0004 89abcdef"),
        Arguments.of(new MobilityTicket(new byte[] {9}), "8030 0001 09 000000"),
        Arguments.of(new MobilityTicket(new byte[0]), "8030 0000"),
        Arguments.of(new ChangeRequest(true, false), "0003 0004 00000004"),
        Arguments.of(new ChangeRequest(false, true), "0003 0004 00000002"),
        Arguments.of(new ResponsePort(0xbeef), "0027 0004 beef 0000"),
        Arguments.of(new Padding(5), "0026 0005 0000000000 000000"),
        Arguments.of(new CacheTimeout(600), "8027 0004 00000258"),
        Arguments.of(new MessageIntegritySha256(new byte[16]), "001c 0010" + "00".repeat(16)),
        Arguments.of(new Unknown(0x8021, new byte[] {7}), "8021 0001 07 000000"));
  }

  /** What RFC 8656 calls RFFU, what others call reserved, padding, and bits of no meaning yet. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          000c 0004 4abc ffff           | 000c 0004 4abc 0000
          0017 0004 02ffffff            | 0017 0004 02000000
          8000 0004 02ffffff            | 8000 0004 02000000
          0018 0001 ff ffffff           | 0018 0001 80 000000
          0018 0001 7f ffffff           | 0018 0001 00 000000
          0019 0004 11ffffff            | 0019 0004 11000000
          8001 0004 02fffc28            | 8001 0004 02000428
          0009 0004 fffffc28            | 0009 0004 00000428
          8004 0008 ffff0604 00000578   | 8004 0008 00000604 00000578
          0003 0004 fffffffb            | 0003 0004 00000002
          0027 0004 beefffff            | 0027 0004 beef0000
          0027 0002 beefffff            | 0027 0004 beef0000
          0026 0003 ffffffff            | 0026 0003 00000000
          0001 0008 ff01 1234 c0000201  | 0001 0008 0001 1234 c0000201
          0006 0001 61ffffff            | 0006 0001 61000000
          8002 0005 00070001 09ffffff   | 8002 0008 00070001 09000000
          """)
  void whatIsReservedIsIgnoredAndNotRepeated(String said, String repeated) throws Exception {
    assertThat(StunDecoding.of(message(said)).message()).isNotNull();
    assertThat(encode(decode(message(said)))).isEqualTo(message(repeated));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          000c 0003 4abc0000            | value of 3 bytes, not 4, in attribute 0x000c
          000d 0005 0000000100000000    | value of 5 bytes, not 4, in attribute 0x000d
          0024 0003 00000100            | value of 3 bytes, not 4, in attribute 0x0024
          0025 0001 00000000            | value of 1 bytes, not 0, in attribute 0x0025
          8029 0004 00000000            | value of 4 bytes, not 8, in attribute 0x8029
          802a 0009 000000000000000000000000 | value of 9 bytes, not 8, in attribute 0x802a
          0012 0000                     | no address in the 0 bytes of attribute 0x0012
          0012 0008 0002 1234 c0000201  | no address in the 8 bytes of attribute 0x0012
          0016 0014 0001 1234 00000000 00000000 00000000 00000000 | no address in the 20 bytes of attribute 0x0016
          0017 0001 01000000            | value of 1 bytes, not 4, in attribute 0x0017
          8000 0000                     | value of 0 bytes, not 4, in attribute 0x8000
          8001 0003 01000428            | error code cut short
          8001 0004 01000728            | error code 7 * 100 + 40
          0018 0000                     | value of 0 bytes, not 1, in attribute 0x0018
          0018 0004 80000000            | value of 4 bytes, not 1, in attribute 0x0018
          0019 0001 11000000            | value of 1 bytes, not 4, in attribute 0x0019
          001a 0004 00000000            | value of 4 bytes, not 0, in attribute 0x001a
          0022 0004 00000000            | value of 4 bytes, not 8, in attribute 0x0022
          8004 0004 00000000            | value of 4 bytes, not 8, in attribute 0x8004
          002a 0008 0000000000000000    | value of 8 bytes, not 4, in attribute 0x002a
          001e 001f 00000000000000000000000000000000000000000000000000000000000000 00 | value of 31 bytes, not 32, in attribute 0x001e
          001d 0003 00010000            | password algorithm cut short
          001d 0004 00010001            | password algorithm cut short
          001d 0008 00010000 00020000   | more than one password algorithm
          8002 0006 00010000 00020000   | password algorithm cut short
          8002 0004 0001ffff            | password algorithm cut short
          0003 0002 00020000            | value of 2 bytes, not 4, in attribute 0x0003
          0027 0001 ff000000            | value of 1 bytes, not 4, in attribute 0x0027
          8027 0000                     | value of 0 bytes, not 4, in attribute 0x8027
          001c 000c 000000000000000000000000 | integrity of 12 bytes
          001c 0012 000000000000000000000000000000000000 0000 | integrity of 18 bytes
          """)
  void refusesAttributesOfTurnThatAreMalformed(String hex, String reason) {
    assertThat(StunDecoding.of(message(hex))).isEqualTo(new StunDecoding(null, reason));
  }

  /** Case 54 of the attacks: lengths that lie about what follows. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 0xfc, 0xfffc, 0xfffe, 0xffff})
  void noLengthCanLie(int length) {
    byte[] attribute = message("0006 0004 61626364");
    attribute[22] = (byte) (length >> 8);
    attribute[23] = (byte) length;
    if (length > 4) {
      assertThat(StunDecoding.of(attribute).refusal()).isEqualTo("attribute cut short");
    } else {
      assertThat(StunDecoding.of(attribute).refusal()).isNull();
    }
    byte[] whole = message("0006 0004 61626364");
    whole[2] = (byte) (length >> 8);
    whole[3] = (byte) length;
    assertThat(StunDecoding.of(whole).refusal() == null).isEqualTo(length == 8);
  }

  /** Case 58 of the attacks. */
  @Test
  void textIsNoLongerThanStunAllows() {
    assertThat(StunDecoding.of(text(AttributeType.USERNAME, 508)).refusal()).isNull();
    assertThat(StunDecoding.of(text(AttributeType.USERNAME, 509)).refusal())
        .isEqualTo("text of 509 bytes");
    assertThat(StunDecoding.of(text(AttributeType.USERNAME, 514)).refusal())
        .isEqualTo("text of 514 bytes");
    assertThat(StunDecoding.of(text(AttributeType.REALM, 763)).refusal()).isNull();
    assertThat(StunDecoding.of(text(AttributeType.REALM, 764)).refusal())
        .isEqualTo("text of 764 bytes");
    assertThat(StunDecoding.of(text(AttributeType.NONCE, 764)).refusal())
        .isEqualTo("text of 764 bytes");
    assertThat(StunDecoding.of(text(AttributeType.ALTERNATE_DOMAIN, 256)).refusal())
        .isEqualTo("text of 256 bytes");
    assertThatThrownBy(() -> new Username("a".repeat(509)))
        .hasMessage("text of 509 bytes, more than 508");
    assertThatThrownBy(() -> new AlternateDomain("a".repeat(256)))
        .hasMessage("text of 256 bytes, more than 255");
  }

  /** Case 55 of the attacks: a server can tell what it would have to understand. */
  @Test
  void whatMustBeUnderstoodIsToldFromTheRest() throws Exception {
    StunMessage message = decode(message("7fff 0000 8021 0001 07000000 0002 0000"));
    assertThat(
            message.attributes().stream()
                .filter(Unknown.class::isInstance)
                .map(Unknown.class::cast)
                .filter(Unknown::comprehensionRequired)
                .map(Unknown::type))
        .containsExactly(0x7fff, 0x0002);
  }

  @Test
  void numbersThatDoNotFitAreRefusedInWriting() {
    assertThatThrownBy(() -> new ChannelNumber(0x1_0000)).hasMessage("65536 has not 16 bits");
    assertThatThrownBy(() -> new Lifetime(-1)).hasMessage("-1 has not 32 bits");
    assertThatThrownBy(() -> new Lifetime(1L << 32)).hasMessage("4294967296 has not 32 bits");
    assertThatThrownBy(() -> new RequestedTransport(256)).hasMessage("256 has not 8 bits");
    assertThatThrownBy(() -> new Icmp(128, 0, 0)).hasMessage("128 has not 7 bits");
    assertThatThrownBy(() -> new Icmp(0, 512, 0)).hasMessage("512 has not 9 bits");
    assertThatThrownBy(() -> new AddressErrorCode(1, 299, ""))
        .hasMessage("an error code is 300 to 699, not 299");
    assertThatThrownBy(() -> new UserHash(new byte[31])).hasMessage("31 bytes instead of 32");
    assertThatThrownBy(() -> new MessageIntegritySha256(new byte[18]))
        .hasMessageContaining("not 18");
    assertThatThrownBy(() -> new ResponsePort(-1)).hasMessage("-1 has not 16 bits");
    assertThatThrownBy(
            () -> new XorPeerAddress(InetSocketAddress.createUnresolved("example.org", 1)))
        .hasMessageContaining("not resolved");
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

  /** A Binding request with these attributes. */
  private static byte[] message(String attributes) {
    int length = StunDecoding.bytes(attributes).length;
    return StunDecoding.bytes("0001 %04x".formatted(length) + HEADER + attributes);
  }

  private static byte[] text(int type, int length) {
    String padding = "00".repeat(StunLayout.padded(length) - length);
    return message("%04x%04x".formatted(type, length) + "61".repeat(length) + padding);
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
