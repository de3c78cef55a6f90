package io.culvert.wire.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortmapCodecTest {
  static final List<Vector> VECTORS = Vector.all();

  @ParameterizedTest
  @FieldSource("VECTORS")
  void writesTheBytesOfTheRfcs(Vector vector) {
    ByteBuf out = Unpooled.buffer();
    PortmapCodec.encode(vector.message(), out);
    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(vector.bytes());
  }

  @ParameterizedTest
  @FieldSource("VECTORS")
  void readsTheBytesOfTheRfcs(Vector vector) {
    assertThat(PortmapDecoding.of(vector.bytes()).message()).isEqualTo(vector.message());
  }

  @ParameterizedTest
  @FieldSource("VECTORS")
  void whatIsCutAnywhereIsNothingOrARefusalThatNeedsNoMore(Vector vector) {
    byte[] bytes = vector.bytes();
    for (int cut = 0; cut < bytes.length; cut++) {
      PortmapMessage message = PortmapDecoding.of(Arrays.copyOf(bytes, cut)).message();
      if (message == null) {
        continue;
      }
      switch (vector.message()) {
        case NatPmp.Refused _, Pcp.OtherVersion _ -> {
          assertThat(message).isEqualTo(vector.message());
          assertThat(cut).isGreaterThanOrEqualTo(4);
        }
        case Pcp.MapResponse(int result, _, _, _, _, _, _, _) when result != Pcp.SUCCESS -> {
          assertThat(message).isInstanceOf(Pcp.Refused.class);
          assertThat(cut).isGreaterThanOrEqualTo(24);
        }
        default -> throw new AssertionError("%s of %d bytes of %s".formatted(message, cut, vector));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0081 0001, 1, 1",
    "0080 0001 00000000, 0, 1",
    "0000 0001 00000457, 0, 1", // as some answer another version
    "0081 0002 00000000 9c40 0000 00000000, 1, 2",
    "0083 0005 9c40 9c40 00001c20, 3, 5" // the request itself, with a result
  })
  void aRefusalOfNatPmpIsReadInWhateverLengthItComes(String hex, int opcode, int result) {
    assertThat(read(hex)).isEqualTo(new NatPmp.Refused(opcode, result));
  }

  @Test
  void anotherVersionIsReadFromItsFirstFourBytes() {
    assertThat(read("01 81 00 01")).isEqualTo(new Pcp.OtherVersion(1, 1));
    assertThat(read("03 80 ff 01 12345678 9abcdef0")).isEqualTo(new Pcp.OtherVersion(0, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "01 01 00 01", // a request
    "01 81 00 00", // no refusal
    "03 81 00 02",
    "ff 7f 00 01"
  })
  void nothingElseIsReadOfAnotherVersion(String hex) {
    assertThat(refusal(hex)).startsWith("version ");
  }

  @ParameterizedTest
  @ValueSource(ints = {61, 62, 63, 1101, 1104})
  void pcpIsAMultipleOfFourBytesAndNotTooMany(int bytes) {
    byte[] message = Arrays.copyOf(answer().bytes(), bytes);
    assertThat(PortmapDecoding.of(message).refusal()).isEqualTo("PCP of " + bytes + " bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 1100})
  void optionsBehindAnAnswerAreNotRead(int bytes) {
    byte[] message = Arrays.copyOf(answer().bytes(), bytes);
    Arrays.fill(message, 60, bytes, (byte) 0xff);
    assertThat(PortmapDecoding.of(message).message()).isEqualTo(answer().message());
  }

  @ParameterizedTest
  @CsvSource({
    "0003 0000 9c40 9c40 00001c20, opcode 3 of NAT-PMP",
    "0083 0000 00000001 9c40 9c40 00001c20, opcode 3 of NAT-PMP",
    "0000 00, '3 bytes, not 2'",
    "0001 0000 9c40 9c40 00001c20 00, '13 bytes, not 12'",
    "0080 0000 00000001 cb007107 00, '13 bytes, not 12'",
    "0081 0000 00000001 9c40 9c40 00001c20 00, '17 bytes, not 16'"
  })
  void whatIsNoMessageOfNatPmpIsRefused(String hex, String why) {
    assertThat(refusal(hex)).isEqualTo(why);
  }

  @Test
  void otherOpcodesAndProtocolsOfPcpAreRefused() {
    byte[] peer = answer().bytes();
    peer[1] = (byte) 0x82;
    assertThat(PortmapDecoding.of(peer).refusal()).isEqualTo("opcode 2 of PCP");
    peer[1] = 0x02;
    assertThat(PortmapDecoding.of(peer).refusal()).isEqualTo("opcode 2 of PCP");
    byte[] sctp = answer().bytes();
    sctp[36] = (byte) 132;
    assertThat(PortmapDecoding.of(sctp).refusal()).isEqualTo("protocol 132");
  }

  /** What the RFC says is to be ignored has no influence. */
  @Test
  void reservedBytesAreNotRead() {
    byte[] bytes = answer().bytes();
    bytes[2] = 1;
    Arrays.fill(bytes, 12, 24, (byte) 0xff);
    Arrays.fill(bytes, 37, 40, (byte) 0xff);
    assertThat(PortmapDecoding.of(bytes).message()).isEqualTo(answer().message());
  }

  @Test
  void anAddressOfIpv4StaysOneThroughThe16BytesOfPcp() {
    for (String address : List.of("0.0.0.0", "203.0.113.7", "255.255.255.255")) {
      assertThat(throughPcp(InetAddress.ofLiteral(address)))
          .isInstanceOf(Inet4Address.class)
          .isEqualTo(InetAddress.ofLiteral(address));
    }
    for (String address : List.of("::", "2001:db8::7", "::203.0.113.7", "64:ff9b::203.0.113.7")) {
      assertThat(throughPcp(InetAddress.ofLiteral(address)))
          .isInstanceOf(Inet6Address.class)
          .isEqualTo(InetAddress.ofLiteral(address));
    }
  }

  @Test
  void messagesHoldOnlyWhatFitsIntoThem() {
    refuses(
        () -> new NatPmp.MapRequest(PortProtocol.UDP, 65_536, 0, 0),
        "port is 0 to 65535, not 65536");
    refuses(() -> new NatPmp.MapRequest(PortProtocol.UDP, 0, -1, 0), "port is 0 to 65535, not -1");
    refuses(
        () -> new NatPmp.MapRequest(PortProtocol.UDP, 0, 0, 1L << 32),
        "number of seconds is 0 to 4294967295, not 4294967296");
    refuses(() -> new NatPmp.Refused(128, 1), "opcode is 0 to 127, not 128");
    refuses(() -> new NatPmp.Refused(1, 0), "result is 1 to 65535, not 0");
    refuses(() -> new Pcp.Refused(1, 0, 0, 0), "result is 1 to 255, not 0");
    refuses(() -> new Pcp.Refused(1, 256, 0, 0), "result is 1 to 255, not 256");
    refuses(() -> new Pcp.AnnounceResponse(-1), "number of seconds is 0 to 4294967295, not -1");
    refuses(() -> new Pcp.OtherVersion(1, 2), "2 is not another version of PCP");
    refuses(() -> new Pcp.OtherVersion(1, 0), "0 is not another version of PCP");
  }

  @Test
  void aNonceIsShownAsItStandsOnTheWire() {
    assertThat(new Pcp.Nonce(0x0102030405060708L, 0x090a0b0c))
        .hasToString("0102030405060708090a0b0c");
  }

  private static void refuses(ThrowingCallable making, String why) {
    assertThatIllegalArgumentException().isThrownBy(making).withMessage(why);
  }

  private static InetAddress throughPcp(InetAddress address) {
    ByteBuf out = Unpooled.buffer();
    PortmapCodec.encode(new Pcp.AnnounceRequest(address), out);
    Pcp.AnnounceRequest arrived =
        (Pcp.AnnounceRequest)
            Objects.requireNonNull(PortmapDecoding.of(ByteBufUtil.getBytes(out)).message());
    return arrived.client();
  }

  private static Vector answer() {
    return VECTORS.stream()
        .filter(vector -> vector.message() instanceof Pcp.MapResponse)
        .findFirst()
        .orElseThrow();
  }

  private static PortmapMessage read(String hex) {
    return Objects.requireNonNull(PortmapDecoding.of(Vector.bytes(hex)).message(), hex);
  }

  private static String refusal(String hex) {
    return Objects.requireNonNull(
        PortmapDecoding.of(HexFormat.of().parseHex(hex.replace(" ", ""))).refusal(), hex);
  }
}
