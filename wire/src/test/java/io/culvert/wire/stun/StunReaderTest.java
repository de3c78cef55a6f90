package io.culvert.wire.stun;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StunReaderTest {
  private final StunReader reader = new StunReader();
  private final StunWriter writer = new StunWriter();
  private final ByteBuf out = Unpooled.buffer();
  private final AddressSlot slot = new AddressSlot();

  @ParameterizedTest
  @MethodSource
  void anAddressIsReadInThreeNumbersAndWrittenFromThem(InetSocketAddress address) throws Exception {
    Endpoint endpoint = Endpoint.of(address);
    begin()
        .xorAddress(AttributeType.XOR_PEER_ADDRESS, address)
        .address(AttributeType.OTHER_ADDRESS, address);
    reader.open(out);
    assertThat(reader.next()).isTrue();
    assertThat(reader.xorAddress(slot)).isTrue();
    assertThat(endpoint.is(slot.high(), slot.low(), slot.port())).isTrue();
    assertThat(slot.toSocketAddress()).isEqualTo(address);
    assertThat(reader.next()).isTrue();
    assertThat(reader.address(slot)).isTrue();
    assertThat(endpoint.is(slot.high(), slot.low(), slot.port())).isTrue();
    assertThat(slot.toSocketAddress()).isEqualTo(address);

    ByteBuf again = Unpooled.buffer();
    new StunWriter()
        .begin(again, StunClass.INDICATION, StunMessage.DATA, 1, 2L)
        .xorAddress(
            AttributeType.XOR_PEER_ADDRESS, slot.high(), slot.low(), slot.port(), slot.ipv4())
        .address(AttributeType.OTHER_ADDRESS, slot.high(), slot.low(), slot.port(), slot.ipv4());
    assertThat(again).isEqualTo(out);
  }

  static List<InetSocketAddress> anAddressIsReadInThreeNumbersAndWrittenFromThem()
      throws Exception {
    byte[] mapped = StunDecoding.bytes("00000000 00000000 0000ffff 7f000001");
    return List.of(
        new InetSocketAddress("192.0.2.1", 32853),
        new InetSocketAddress("255.255.255.255", 65535),
        new InetSocketAddress("0.0.0.0", 0),
        new InetSocketAddress("2001:db8:1234:5678:11:2233:4455:6677", 32853),
        new InetSocketAddress(InetAddress.ofLiteral("::1"), 1),
        new InetSocketAddress(Inet6Address.getByAddress(null, mapped, -1), 5));
  }

  /** Cases 6 and 7 of the attacks: the numbers are the same, but one is no IPv4 attribute. */
  @Test
  void anIpv4AddressIsToldFromItsMappedForm() throws Exception {
    long low = Endpoint.low(0x7f000001);
    begin()
        .xorAddress(AttributeType.XOR_PEER_ADDRESS, 0, low, 80, true)
        .xorAddress(AttributeType.XOR_PEER_ADDRESS, 0, low, 80, false);
    reader.open(out);
    assertThat(reader.next()).isTrue();
    assertThat(reader.valueLength()).isEqualTo(8);
    assertThat(reader.xorAddress(slot)).isTrue();
    assertThat(slot.ipv4()).isTrue();
    assertThat(slot.low()).isEqualTo(low);
    assertThat(reader.next()).isTrue();
    assertThat(reader.valueLength()).isEqualTo(20);
    assertThat(reader.xorAddress(slot)).isTrue();
    assertThat(slot.ipv4()).isFalse();
    assertThat(slot.low()).isEqualTo(low);
    assertThat(slot.toSocketAddress().getAddress()).isInstanceOf(Inet6Address.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00010050",
        "0000005000000000",
        "0003005000000000",
        "0002005000000000",
        "000100500000000000",
        "0001005000000000000000000000000000000000"
      })
  void whatIsNoAddressSetsNothing(String hex) throws Exception {
    slot.setIpv4(1, 2);
    begin().bytes(AttributeType.XOR_PEER_ADDRESS, StunDecoding.bytes(hex));
    reader.open(out);
    assertThat(reader.next()).isTrue();
    assertThat(reader.xorAddress(slot)).isFalse();
    assertThat(reader.address(slot)).isFalse();
    assertThat(new Endpoint(slot.high(), slot.low(), slot.port()))
        .isEqualTo(new Endpoint(0, Endpoint.low(1), 2));
  }

  @Test
  void numbersAreUnsigned() throws Exception {
    begin()
        .unsignedInt(AttributeType.LIFETIME, 0xffff_fffeL)
        .unsignedShort(AttributeType.CHANNEL_NUMBER, 0xfffe)
        .unsignedByte(AttributeType.REQUESTED_TRANSPORT, 0xfe)
        .longValue(AttributeType.RESERVATION_TOKEN, -2)
        .evenPort(true)
        .evenPort(false);
    reader.open(out);
    assertThat(reader.next()).isTrue();
    assertThat(reader.unsignedInt()).isEqualTo(0xffff_fffeL);
    assertThat(reader.next()).isTrue();
    assertThat(reader.unsignedShort()).isEqualTo(0xfffe);
    assertThat(reader.next()).isTrue();
    assertThat(reader.unsignedByte()).isEqualTo(0xfe);
    assertThat(reader.next()).isTrue();
    assertThat(reader.longValue()).isEqualTo(-2);
    assertThat(reader.next()).isTrue();
    assertThat(reader.reservesNextPort()).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(reader.reservesNextPort()).isFalse();
    assertThat(reader.next()).isFalse();
  }

  @Test
  void aNumberOfAnotherLengthIsMalformed() throws Exception {
    for (int length = 0; length <= 9; length++) {
      out.clear();
      begin().bytes(AttributeType.LIFETIME, new byte[length]);
      reader.open(out);
      assertThat(reader.next()).isTrue();
      assertThat(takes(reader::unsignedInt)).isEqualTo(length == 4);
      assertThat(takes(reader::unsignedShort)).isEqualTo(length == 4 || length == 2);
      assertThat(takes(reader::unsignedByte)).isEqualTo(length == 4);
      assertThat(takes(reader::longValue)).isEqualTo(length == 8);
      assertThat(takes(reader::reservesNextPort)).isEqualTo(length == 1);
    }
  }

  private interface Reading {
    Object read() throws MalformedMessageException;
  }

  private static boolean takes(Reading reading) {
    try {
      reading.read();
      return true;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  @Test
  void textIsReadAndComparedWhereItLies() throws Exception {
    begin()
        .text(AttributeType.REALM, "example.org")
        .text(AttributeType.USERNAME, "マトリックス")
        .bytes(AttributeType.NONCE, new byte[] {'a', (byte) 0xff});
    reader.open(out);
    assertThat(reader.next()).isTrue();
    assertThat(reader.valueIs("example.org".getBytes(UTF_8))).isTrue();
    assertThat(reader.valueIs("example.orG".getBytes(UTF_8))).isFalse();
    assertThat(reader.valueIs("example.or".getBytes(UTF_8))).isFalse();
    assertThat(reader.valueIs("example.org\0".getBytes(UTF_8))).isFalse();
    assertThat(reader.text()).isEqualTo("example.org");
    assertThat(reader.next()).isTrue();
    assertThat(reader.text()).isEqualTo("マトリックス");
    assertThat(reader.value()).isEqualTo("マトリックス".getBytes(UTF_8));
    assertThat(reader.next()).isTrue();
    assertThatThrownBy(reader::text)
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("attribute is not UTF-8");
  }

  /** As it is with datagrams that lie in one buffer, one behind the other. */
  @Test
  void aMessageIsReadInTheMidstOfABuffer() throws Exception {
    out.writeBytes("before".getBytes(UTF_8));
    int at = out.writerIndex();
    begin().text(AttributeType.SOFTWARE, "culvert").fingerprint();
    int length = out.writerIndex() - at;
    out.writeBytes("behind".getBytes(UTF_8)).readerIndex(3);
    reader.open(out, at, length);
    assertThat(reader.messageAt()).isEqualTo(at);
    assertThat(reader.next()).isTrue();
    assertThat(reader.buffer().toString(reader.valueAt(), reader.valueLength(), UTF_8))
        .isEqualTo("culvert");
    assertThat(reader.next()).isTrue();
    assertThat(reader.fingerprintIsRight()).isTrue();
    assertThat(reader.next()).isFalse();
    for (int wrong : new int[] {0, 1, 19, 20, length - 4, length - 1, length + 1, length + 4}) {
      assertThatThrownBy(() -> reader.open(out, at, wrong))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void aWholeMessageCanBeFollowedByWhatVouchesForIt() throws Exception {
    StunKey key = StunKey.shortTerm("secret");
    StunMessage message =
        StunMessage.bindingRequest(new TransactionId(1, 2), new StunAttribute.Username("a"));
    writer.begin(out, message).messageIntegritySha256(key).fingerprint();
    reader.open(out);
    assertThat(reader.next()).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(reader.type()).isEqualTo(AttributeType.MESSAGE_INTEGRITY_SHA256);
    assertThat(reader.integrityIsRight(key)).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(reader.fingerprintIsRight()).isTrue();
  }

  @Test
  void anAnswerIsThatToTheRequest() throws Exception {
    writer.begin(out, StunClass.REQUEST, StunMessage.CREATE_PERMISSION, 7, 8L);
    reader.open(out);
    ByteBuf answer = Unpooled.buffer();
    writer
        .beginAnswer(answer, StunClass.ERROR, reader)
        .errorCode(StunAttribute.ErrorCode.FORBIDDEN, "no");
    assertThat(StunCodec.decode(answer))
        .isEqualTo(
            new StunMessage(
                StunClass.ERROR,
                StunMessage.CREATE_PERMISSION,
                new TransactionId(7, 8),
                List.of(new StunAttribute.ErrorCode(403, "no"))));
  }

  private StunWriter begin() {
    return writer.begin(out, StunClass.INDICATION, StunMessage.DATA, 1, 2L);
  }
}
