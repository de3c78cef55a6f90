package io.culvert.wire.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.Connect;
import io.culvert.wire.tag.TagMessage.ConnectAnswer;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.Open;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.TagList;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagCodecTest {
  private static final String T = "t".repeat(64);

  static List<Vector> vectors() {
    return Vector.all();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void writesTheMembersOfTheProtocol(Vector vector) {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encode(vector.message(), out);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(vector.json());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void appendsToWhatIsInTheBufferAlready(Vector vector) {
    ByteBuf out = Unpooled.buffer().writeByte('x');
    TagCodec.encode(vector.message(), out);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("x" + vector.json());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void leavesOutWhatCanBeDoneWithoutWhenItMustBeBrief(Vector vector) {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encodeBriefly(vector.message(), out);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(vector.brief());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsWhatItWrites(Vector vector) throws Exception {
    ByteBuf in = buffer(vector.json());
    assertThat(TagCodec.decode(in)).isEqualTo(vector.message());
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aDatagramThatIsCutAnywhereIsMalformed(Vector vector) {
    byte[] bytes = vector.json().getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut < bytes.length; cut++) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, cut);
      assertThatExceptionOfType(MalformedMessageException.class)
          .as("the first %s bytes", cut)
          .isThrownBy(() -> TagCodec.decode(in));
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void membersThatAreNotKnownAndThoseThatAreNullCountForNothing(Vector vector) throws Exception {
    String padded =
        vector
            .json()
            .replaceFirst("^\\{", "{\"zzz\":[{}],\"port\":null,\"name\":\"\",")
            .replaceFirst("\"extra\":\\{", "\"extra\":{\"lan\":1.5,\"x\":null,");
    assertThat(read(padded)).isEqualTo(vector.message());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aFrameIsTakenWhenAllOfItIsThere(Vector vector) throws Exception {
    ByteBuf frame = Unpooled.buffer();
    TagCodec.encodeFrame(vector.message(), frame);
    assertThat(frame.getUnsignedShort(0)).isEqualTo(frame.readableBytes() - 2);
    for (int cut = 0; cut < frame.writerIndex(); cut++) {
      ByteBuf in = Unpooled.copiedBuffer(frame.slice(0, cut));
      assertThat(TagCodec.decodeFrame(in)).as("the first %s bytes", cut).isNull();
      assertThat(in.readerIndex()).isZero();
    }
    ByteBuf in = Unpooled.wrappedBuffer(frame.copy(), buffer("{raw bytes"));
    assertThat(TagCodec.decodeFrame(in)).isEqualTo(vector.message());
    assertThat(in.toString(StandardCharsets.UTF_8)).isEqualTo("{raw bytes");
  }

  @Test
  void aFrameThatIsEmptyOrTooLongIsRefusedBeforeItHasArrived() {
    for (int length : new int[] {0, 1025, 0x8000, 0xFFFF}) {
      ByteBuf in = Unpooled.buffer().writeShort(length);
      assertThatThrownBy(() -> TagCodec.decodeFrame(in))
          .isInstanceOf(MalformedMessageException.class)
          .hasMessage("frame of " + length + " bytes");
    }
  }

  @Test
  void theExamplesOfTheOriginalDocumentAreUnderstood() throws Exception {
    assertThat(read("{'t':4, 'mid': 123456789, 'ltag':'主叫的标签', 'extra':{ 'rtag':'被叫的标签' }}"))
        .isEqualTo(new Dial(123456789, "主叫的标签", "被叫的标签", Optional.empty()));
    assertThat(read("{'t':-4,'mid':123456789,'code':200,'em':'','extra':{'token':'服务器生成的token'}}"))
        .isEqualTo(new Dialing(123456789, "服务器生成的token"));
    assertThat(read("{'t':10,'mid':1,'extra':{'token':'x','host':'192.0.2.1','port':12345}}"))
        .isEqualTo(new Knock(1, "x", address("192.0.2.1", 12345), Optional.empty()));
    assertThat(read("{'t':-10,'mid':1,'token':'x','code':200,'em':'','extra':{'port':54321}}"))
        .isEqualTo(new KnockAnswer(1, "x", Status.ok(), OptionalInt.of(54321), Optional.empty()));
    assertThat(
            read(
                "{'t':11,'mid':1,'token':'x','code':200,'em':'','extra':{'host':'192.0.2.1',"
                    + "'port':23456}}"))
        .isEqualTo(
            new Answer(
                1, "x", Status.ok(), Optional.of(address("192.0.2.1", 23456)), Optional.empty()));
    assertThat(read("{'t':30}")).isEqualTo(new Open());
    assertThat(read("{'t':-31,'mid':12345678,'token':'x'}"))
        .isEqualTo(new ProbeAnswer(12345678, "x", Status.ok()));
    assertThat(read("{'t':-32,'mid':1,'token':'x','code':200,'em':'','extra':{'conkey':'k'}}"))
        .isEqualTo(new ConnectAnswer(1, "x", Status.ok(), Optional.of("k")));
  }

  @Test
  void tagsAndTokensAreFoundInEitherPlace() throws Exception {
    assertThat(read("{'t':4,'mid':1,'rtag':'r','extra':{'ltag':'l'}}"))
        .isEqualTo(new Dial(1, "l", "r", Optional.empty()));
    assertThat(read("{'t':4,'mid':1,'rtag':'r','ltag':'l'}"))
        .isEqualTo(new Dial(1, "l", "r", Optional.empty()));
    assertThat(read("{'t':-1,'mid':1,'tag':'x'}")).isEqualTo(new Registered(1, "x"));
    assertThat(read("{'t':2,'mid':1,'extra':{'tag':'x'}}")).isEqualTo(new Heartbeat(1, "x"));
    assertThat(read("{'t':-31,'mid':1,'extra':{'token':'x'}}"))
        .isEqualTo(new ProbeAnswer(1, "x", Status.ok()));
    assertThat(read("{'t':-4,'mid':1,'token':'x','extra':{'token':'x'}}"))
        .isEqualTo(new Dialing(1, "x"));
  }

  @Test
  void aFailureHasNoPayloadWhateverIsThere() throws Exception {
    assertThat(read("{'t':11,'mid':1,'token':'x','code':203,'extra':{'host':'nobody'}}"))
        .isEqualTo(new Answer(1, "x", Status.of(203), Optional.empty(), Optional.empty()));
    assertThat(read("{'t':-32,'mid':1,'token':'x','code':400,'extra':{'conkey':''}}"))
        .isEqualTo(new ConnectAnswer(1, "x", Status.of(400), Optional.empty()));
  }

  @Test
  void aReasonIsMadeToFitAndNeverSpoilsTheMessage() throws Exception {
    assertThat(read("{'t':-31,'mid':1,'token':'x','code':202,'em':'a\\u001b[2J\\nb'}"))
        .isEqualTo(new ProbeAnswer(1, "x", Status.of(202, "a [2J\nb")));
    String em = "忙".repeat(300);
    assertThat(read("{'t':-31,'mid':1,'token':'x','code':202,'em':'" + em + "'}"))
        .isEqualTo(new ProbeAnswer(1, "x", Status.of(202, "忙".repeat(66))));
    assertThat(read("{'t':-31,'mid':1,'token':'x','code':200,'em':'fine'}"))
        .isEqualTo(new ProbeAnswer(1, "x", Status.ok()));
    assertThat(read("{'t':-31,'mid':1,'token':'x','code':7,'em':''}"))
        .isEqualTo(new ProbeAnswer(1, "x", Status.of(7)));
  }

  @Test
  void aNameThatIsEmptyIsNone() throws Exception {
    assertThat(read("{'t':1,'mid':1,'usn':''}"))
        .isEqualTo(new Register(1, Optional.empty(), Optional.empty()));
  }

  @Test
  void anOperationThatIsMissingIsOneToBeRefused() throws Exception {
    assertThat(read("{'t':32,'mid':1,'token':'x'}")).isEqualTo(new Connect(1, "x", 0));
    assertThat(read("{'t':32,'mid':1,'token':'x','extra':{'op':-5}}"))
        .isEqualTo(new Connect(1, "x", -5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "255.255.255.255",
        "10.0.0.1",
        "::",
        "::1",
        "2001:DB8:0:0:0:0:0:1",
        "64:ff9b::192.0.2.1"
      })
  void addressesAreReadAsTheyStand(String host) throws Exception {
    assertThat(read("{'t':10,'mid':1,'token':'x','extra':{'host':'" + host + "','port':65535}}"))
        .isEqualTo(new Knock(1, "x", address(host, 65535), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'t':1,'mid':1,'extra':{'lanhost':'10.0.0.1'}}",
        "{'t':1,'mid':1,'extra':{'lanport':1}}",
        "{'t':1,'mid':1,'extra':{'lanhost':'','lanport':1}}",
        "{'t':1,'mid':1,'extra':{'lanhost':'10.0.0.1','lanport':0}}",
        "{'t':1,'mid':1,'extra':{'lanhost':'10.0.0.1','lanport':65536}}",
        "{'t':1,'mid':1,'extra':{'lanhost':'10.0.0.1','lanport':'1'}}"
      })
  void aLanAddressThatIsNoneIsAsGoodAsNone(String json) throws Exception {
    assertThat(read(json)).isEqualTo(new Register(1, Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{}",
        "{'t':null}",
        "{'t':'1','mid':1}",
        "{'t':1.0,'mid':1}",
        "{'t':4294967297,'mid':1}",
        "{'t':0,'mid':1}",
        "{'t':5,'mid':1}",
        "{'t':-5,'mid':1}",
        "{'t':-30}",
        "{'t':33,'mid':1,'token':'x'}",
        "{'t':1}",
        "{'t':1,'mid':null}",
        "{'t':1,'mid':'1'}",
        "{'t':1,'mid':1e3}",
        "{'t':1,'mid':9223372036854775808}",
        "{'t':1,'mid':1,'mid':1}",
        "{'t':1,'mid':1}x",
        "{'t':1,'mid':1,'usn':7}",
        "{'t':1,'mid':1,'usn':'a\\u0000'}",
        "{'t':1,'mid':1,'extra':[]}",
        "{'t':2,'mid':1}",
        "{'t':2,'mid':1,'tag':''}",
        "{'t':2,'mid':1,'tag':5}",
        "{'t':2,'mid':1,'tag':'a\\nb'}",
        "{'t':2,'mid':1,'tag':'a','extra':{'tag':'b'}}",
        "{'t':3,'mid':1,'tag':null}",
        "{'t':4,'mid':1,'ltag':'l'}",
        "{'t':4,'mid':1,'extra':{'rtag':'r'}}",
        "{'t':-1,'mid':1}",
        "{'t':-1,'mid':1,'code':'200','extra':{'tag':'x'}}",
        "{'t':-1,'mid':1,'code':200.0,'extra':{'tag':'x'}}",
        "{'t':-1,'mid':1,'code':503,'em':5}",
        "{'t':-2,'code':202}",
        "{'t':-3,'mid':1}",
        "{'t':-3,'mid':1,'extra':{'tags':'a'}}",
        "{'t':-3,'mid':1,'extra':{'tags':[1]}}",
        "{'t':-3,'mid':1,'extra':{'tags':['']}}",
        "{'t':-3,'mid':1,'extra':{'tags':[],'more':1}}",
        "{'t':-4,'mid':1,'extra':{'token':''}}",
        "{'t':10,'mid':1,'extra':{'host':'192.0.2.1','port':1}}",
        "{'t':10,'mid':1,'extra':{'token':'x','port':1}}",
        "{'t':10,'mid':1,'extra':{'token':'x','host':'192.0.2.1'}}",
        "{'t':10,'mid':1,'extra':{'token':'x','host':'192.0.2.1','port':0}}",
        "{'t':10,'mid':1,'token':'x','host':'192.0.2.1','port':1}",
        "{'t':-10,'mid':1}",
        "{'t':-10,'mid':1,'token':'x','extra':{'port':-1}}",
        "{'t':11,'mid':1,'token':'x','code':200}",
        "{'t':11,'mid':1,'extra':{'host':'192.0.2.1','port':1}}",
        "{'t':-11,'mid':1}",
        "{'t':31,'mid':1}",
        "{'t':31,'token':'x'}",
        "{'t':32,'mid':1,'token':'x','extra':{'op':'1'}}",
        "{'t':-32,'mid':1,'token':'x'}",
        "{'t':-32,'mid':1,'token':'x','code':200,'extra':{'conkey':''}}"
      })
  void whatIsNoMessageIsMalformed(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedMessageException.class)
        .message()
        .isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "example.org",
        "192.0.2",
        "3221225985",
        "192.0.2.1.5",
        "192.0.2.256",
        "192.0.02.1",
        "0xC0.0.2.1",
        " 192.0.2.1",
        "[::1]",
        "fe80::1%eth0",
        "fe80::1%1",
        "::1::",
        ":",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "::192.0.2.256",
        "abc",
        "cafe"
      })
  void whatIsNoAddressIsMalformedAndNeverLookedUp(String host) {
    assertThatThrownBy(
            () -> read("{'t':10,'mid':1,'token':'x','extra':{'host':'" + host + "','port':1}}"))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("host is not an IP address");
  }

  @Test
  void identifiersEndAtSixtyFourBytes() throws Exception {
    assertThat(read("{'t':2,'mid':1,'tag':'" + T + "'}")).isEqualTo(new Heartbeat(1, T));
    assertThat(read("{'t':2,'mid':1,'tag':'" + "ä".repeat(32) + "'}"))
        .isEqualTo(new Heartbeat(1, "ä".repeat(32)));
    for (String tooLong : new String[] {T + "t", "ä".repeat(32) + "t"}) {
      assertThatThrownBy(() -> read("{'t':2,'mid':1,'tag':'" + tooLong + "'}"))
          .isInstanceOf(MalformedMessageException.class)
          .hasMessage("tag is longer than 64 bytes");
      assertThatThrownBy(() -> new Heartbeat(1, tooLong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aDatagramEndsAtOneThousandTwentyFourBytes() throws Exception {
    String json = "{'t':1,'mid':1,'pad':''}";
    String longest = json.replace("''", "'" + "x".repeat(1024 - json.length()) + "'");
    assertThat(longest).hasSize(1024);
    assertThat(read(longest)).isEqualTo(new Register(1, Optional.empty(), Optional.empty()));
    assertThatThrownBy(() -> read(longest + " "))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("1025 bytes");
  }

  @Test
  void theLongestMessagesOfAllButListsFitIntoADatagram() {
    String id = "\"".repeat(64);
    InetSocketAddress address = address("fe80:1111:2222:3333:4444:5555:6666:7777", 65535);
    Status refusal = Status.of(Integer.MIN_VALUE, "\\".repeat(200));
    for (TagMessage message :
        List.of(
            new Register(Long.MIN_VALUE, Optional.of(id), Optional.of(address)),
            new Dial(Long.MIN_VALUE, id, id, Optional.of(address)),
            new Knock(Long.MIN_VALUE, id, address, Optional.of(address)),
            new KnockAnswer(
                Long.MIN_VALUE, id, refusal, OptionalInt.of(65535), Optional.of(address)),
            new Answer(Long.MIN_VALUE, id, Status.ok(), Optional.of(address), Optional.of(address)),
            new Answer(Long.MIN_VALUE, id, refusal, Optional.empty(), Optional.empty()),
            new ConnectAnswer(Long.MIN_VALUE, id, Status.ok(), Optional.of(id)))) {
      ByteBuf out = Unpooled.buffer();
      TagCodec.encode(message, out);
      assertThat(out.readableBytes()).isLessThanOrEqualTo(TagMessage.MAX_BYTES);
    }
  }

  @Test
  void aListThatDoesNotFitCannotBeWritten() {
    TagList list = new TagList(1, Collections.nCopies(20, T), false);
    assertThatThrownBy(() -> TagCodec.encode(list, Unpooled.buffer()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static TagMessage read(String json) throws MalformedMessageException {
    return TagCodec.decode(buffer(json.replace('\'', '"')));
  }

  private static ByteBuf buffer(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
