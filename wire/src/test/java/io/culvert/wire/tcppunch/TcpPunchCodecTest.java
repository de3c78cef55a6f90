package io.culvert.wire.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpPunchCodecTest {
  private static final InetSocketAddress SOMEWHERE = new InetSocketAddress("192.0.2.1", 5000);

  static List<Vector> vectors() {
    return Vector.all();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void writesTheBytesOfTheProtocol(Vector vector) {
    ByteBuf out = Unpooled.buffer();
    TcpPunchCodec.encode(vector.message(), out);
    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(vector.bytes());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void appendsToWhatIsInTheBufferAlready(Vector vector) {
    ByteBuf out = Unpooled.buffer(1).writeByte('x');
    TcpPunchCodec.encode(vector.message(), out);
    assertThat(out.readByte()).isEqualTo((byte) 'x');
    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(vector.bytes());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsTheBytesOfTheProtocol(Vector vector) throws Exception {
    ByteBuf in = vector.buffer();
    assertThat(vector.stream().decode(in)).isEqualTo(vector.message());
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void waitsForTheRestOfAMessageThatIsCutAnywhere(Vector vector) throws Exception {
    byte[] bytes = vector.bytes();
    for (int cut = 0; cut < bytes.length; cut++) {
      ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, cut);
      assertThat(vector.stream().decode(in)).as("the first %s bytes", cut).isNull();
      assertThat(in.readerIndex()).isZero();
      assertThat(in.readableBytes()).isEqualTo(cut);

      in.writeBytes(bytes, cut, bytes.length - cut);
      assertThat(vector.stream().decode(in)).as("cut at %s", cut).isEqualTo(vector.message());
      assertThat(in.isReadable()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesMessagesThatComeTogetherOneByOne(StreamKind stream) throws Exception {
    List<Vector> vectors = Vector.of(stream);
    ByteBuf in = Unpooled.buffer();
    vectors.forEach(vector -> in.writeBytes(vector.bytes()));
    for (Vector vector : vectors) {
      assertThat(stream.decode(in)).isEqualTo(vector.message());
    }
    assertThat(stream.decode(in)).isNull();
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void leavesTheBeginningOfTheNextMessageInTheBuffer(StreamKind stream) throws Exception {
    Vector vector = Vector.of(stream).getFirst();
    ByteBuf in = Unpooled.buffer().writeBytes(vector.bytes()).writeBytes(vector.bytes(), 0, 2);
    assertThat(stream.decode(in)).isEqualTo(vector.message());
    assertThat(stream.decode(in)).isNull();
    assertThat(ByteBufUtil.getBytes(in)).isEqualTo(Arrays.copyOf(vector.bytes(), 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255})
  void carriesTheShortestAndTheLongestIdentifier(int length) throws Exception {
    String id = "i".repeat(length);
    assertThat(throughTheWire(StreamKind.MAIN, new Online(id))).isEqualTo(new Online(id));
    assertThat(throughTheWire(StreamKind.MAIN, new OnlineAccepted(id)))
        .isEqualTo(new OnlineAccepted(id));
    Introduction introduction = new Introduction(Kind.INVITE, SOMEWHERE, SOMEWHERE, id);
    assertThat(throughTheWire(StreamKind.MAIN, introduction)).isEqualTo(introduction);
    Introduce introduce = new Introduce(Kind.ACCEPT, SOMEWHERE, id, id);
    assertThat(throughTheWire(StreamKind.AUX, introduce)).isEqualTo(introduce);
    assertThat(throughTheWire(StreamKind.LINK, new Ack(id))).isEqualTo(new Ack(id));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255})
  void carriesAnyAmountOfDataThatOneLengthByteCanTell(int length) throws Exception {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    Data data = new Data("i".repeat(255), bytes);
    assertThat(throughTheWire(StreamKind.LINK, data)).isEqualTo(data);
  }

  @ParameterizedTest
  @CsvSource({
    "00000000, frame of 0 bytes",
    "00000001, frame too short for a command",
    "00010000, frame of 65536 bytes",
    "7fffffff, frame of 2147483647 bytes",
    "80000000, frame of 2147483648 bytes",
    "ffffffff, frame of 4294967295 bytes"
  })
  void refusesAnImpossibleLengthBeforeAnythingFollows(String length, String reason)
      throws Exception {
    assertThat(decode(StreamKind.MAIN, length.substring(0, 6))).isNull();
    assertRefused(StreamKind.MAIN, length, reason);
  }

  @Test
  void waitsForTheCommandOfTheLongestLegalFrame() throws Exception {
    assertThat(decode(StreamKind.MAIN, "0000ffff")).isNull();
    assertThat(decode(StreamKind.MAIN, "0000ffff 00")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0000ffff 0001, frame of 65535 bytes for command 0x0001",
    "00000103 0001, frame of 259 bytes for command 0x0001",
    "00000103 0002, frame of 259 bytes for command 0x0002",
    "00000003 0003, frame of 3 bytes for command 0x0003",
    "00000110 0013, frame of 272 bytes for command 0x0013"
  })
  void refusesALengthThatIsTooMuchForItsCommandAtTheSixthByte(String head, String reason)
      throws Exception {
    assertThat(decode(StreamKind.MAIN, head.substring(0, head.length() - 2))).isNull();
    assertRefused(StreamKind.MAIN, head, reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000102 0001", "00000102 0002", "0000010f 0013"})
  void waitsForTheRestOfTheLongestFrameOfACommand(String head) throws Exception {
    assertThat(decode(StreamKind.MAIN, head)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "MAIN, 0000ffff 0000, 0x0000",
    "MAIN, 00000002 0004, 0x0004",
    "MAIN, 00000008 0011, 0x0011",
    "MAIN, 00000008 0012, 0x0012",
    "MAIN, 00000008 0021, 0x0021",
    "MAIN, 00000008 0031, 0x0031",
    "MAIN, 00000008 0100, 0x0100",
    "MAIN, 00000008 ffff, 0xffff",
    "AUX, 0001, 0x0001",
    "AUX, 0010, 0x0010",
    "AUX, 0013, 0x0013",
    "AUX, 1100, 0x1100",
    "AUX, 8011, 0x8011",
    "AUX, ffff, 0xffff",
    "LINK, 0000, 0x0000",
    "LINK, 0003, 0x0003",
    "LINK, 0012, 0x0012",
    "LINK, 0022, 0x0022",
    "LINK, 0032, 0x0032",
    "LINK, 2100, 0x2100",
    "LINK, ffff, 0xffff"
  })
  void refusesACommandThatDoesNotBelongToTheStreamAsSoonAsItIsThere(
      StreamKind stream, String head, String command) throws Exception {
    assertThat(decode(stream, head.substring(0, head.length() - 2))).isNull();
    assertRefused(stream, head, "unknown command " + command);
  }

  @ParameterizedTest
  @CsvSource({"00, 0", "03, 3", "ff, 255"})
  void refusesAnUnknownKindAtTheThirdByteOfTcpA(String code, String number) throws Exception {
    assertThat(decode(StreamKind.AUX, "0011")).isNull();
    assertRefused(StreamKind.AUX, "0011" + code, "kind " + number);
  }

  @ParameterizedTest
  @CsvSource({"00, 0", "03, 3", "80, 128"})
  void refusesAnIntroductionOfAnUnknownKind(String code, String number) {
    assertRefused(
        StreamKind.MAIN,
        "00000011 0013 " + code + " c0a80114 9c40 cb007107 ee48 01 62",
        "kind " + number);
  }

  @ParameterizedTest
  @CsvSource({
    "MAIN, 00000003 0001 00",
    "MAIN, 00000003 0002 00",
    "MAIN, 00000010 0013 01 c0a80114 9c40 cb007107 ee48 00",
    "AUX, 0011 01 c0a80114 9c40 00",
    "AUX, 0011 01 c0a80114 9c40 01 73 00",
    "LINK, 0021 00",
    "LINK, 0031 00"
  })
  void refusesAnEmptyIdentifier(StreamKind stream, String hex) throws Exception {
    assertThat(decode(stream, hex.substring(0, hex.length() - 2))).isNull();
    assertRefused(stream, hex, "empty identifier");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff",
        "80", // a continuation of nothing
        "c3", // nothing continues it
        "c0af", // '/' in two bytes
        "e080af", // '/' in three bytes
        "eda080", // a surrogate
        "edb080",
        "f4908080", // beyond the last code point
        "61ff",
        "ff61"
      })
  void refusesAnIdentifierThatIsNotUtf8(String id) {
    String field = "%02x %s".formatted(id.length() / 2, id);
    String frame = "%08x 0001 %s".formatted(3 + id.length() / 2, field);
    assertRefused(StreamKind.MAIN, frame, "identifier is not UTF-8");
    assertRefused(StreamKind.MAIN, frame.replace(" 0001 ", " 0002 "), "identifier is not UTF-8");
    String endpoints = "c0a80114 9c40 cb007107 ee48";
    assertRefused(
        StreamKind.MAIN,
        "%08x 0013 01 %s %s".formatted(16 + id.length() / 2, endpoints, field),
        "identifier is not UTF-8");
    assertRefused(
        StreamKind.AUX, "0011 01 c0a80114 9c40 " + field + "01 61", "identifier is not UTF-8");
    assertRefused(StreamKind.AUX, "0011 01 c0a80114 9c40 01 61" + field, "identifier is not UTF-8");
    assertRefused(StreamKind.LINK, "0021" + field, "identifier is not UTF-8");
    assertRefused(StreamKind.LINK, "0031" + field + "00", "identifier is not UTF-8");
  }

  @Test
  void keepsAByteOrderMarkAndControlCharacters() throws Exception {
    Online online = new Online("\ufeff\0\u202e\uffff");
    assertThat(throughTheWire(StreamKind.MAIN, online)).isEqualTo(online);
  }

  @ParameterizedTest
  @CsvSource({
    "00000002 0001, identifier cut short",
    "00000002 0002, identifier cut short",
    "00000003 0001 01, identifier cut short",
    "00000004 0001 02 61, identifier cut short",
    "00000007 0001 05 61626364, identifier cut short",
    "00000002 0013, introduction cut short",
    "0000000e 0013 01 c0a80114 9c40 cb007107 ee, introduction cut short",
    "0000000f 0013 01 c0a80114 9c40 cb007107 ee48, identifier cut short",
    "00000010 0013 01 c0a80114 9c40 cb007107 ee48 01, identifier cut short"
  })
  void refusesAFrameThatEndsBeforeItsMessage(String hex, String reason) {
    assertRefused(StreamKind.MAIN, hex, reason);
    // What follows is another frame and must not be taken for the missing part.
    assertRefused(StreamKind.MAIN, hex + "61616161616161616161616161616161", reason);
  }

  @ParameterizedTest
  @CsvSource({
    "00000005 0001 01 61 00, 1 bytes left over in a frame",
    "00000006 0002 01 61 0061, 2 bytes left over in a frame",
    "00000012 0013 01 c0a80114 9c40 cb007107 ee48 01 61 62, 1 bytes left over in a frame"
  })
  void refusesAFrameThatGoesOnBehindItsMessage(String hex, String reason) {
    assertRefused(StreamKind.MAIN, hex, reason);
  }

  private static @Nullable TcpPunchMessage decode(StreamKind stream, String hex)
      throws MalformedMessageException {
    ByteBuf in = Unpooled.wrappedBuffer(Vector.bytes(hex));
    TcpPunchMessage message = stream.decode(in);
    assertThat(in.readerIndex()).isEqualTo(message == null ? 0 : in.writerIndex());
    return message;
  }

  private static void assertRefused(StreamKind stream, String hex, String reason) {
    assertThatThrownBy(() -> decode(stream, hex))
        .as(hex)
        .isExactlyInstanceOf(MalformedMessageException.class)
        .hasMessage(reason);
  }

  private static TcpPunchMessage throughTheWire(StreamKind stream, TcpPunchMessage message)
      throws MalformedMessageException {
    ByteBuf buffer = Unpooled.buffer();
    TcpPunchCodec.encode(message, buffer);
    TcpPunchMessage arrived = Objects.requireNonNull(stream.decode(buffer));
    assertThat(buffer.isReadable()).isFalse();
    return arrived;
  }
}
