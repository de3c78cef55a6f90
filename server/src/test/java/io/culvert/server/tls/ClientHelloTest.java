package io.culvert.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
  private static final int HEADER = 5;

  private static final String RANDOM =
      "00000000000000000000000000000000" + "00000000000000000000000000000000";

  /** Version, random, no session, one cipher, one compression. */
  private static final String BEGINNING = "0303" + RANDOM + "00" + "00021301" + "0100";

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theProtocolsAreThoseOfTheClientInItsOrder(String version) throws Exception {
    assertThat(protocols(Hello.of(version, "h2", "http/1.1"))).containsExactly("h2", "http/1.1");
    assertThat(protocols(Hello.of(version))).isEmpty();
  }

  @Test
  void itIsNotThereBeforeItsLastByte() throws Exception {
    byte[] hello = Hello.naming("culvert-flow");
    for (int length = 0; length < hello.length; length++) {
      assertThat(ClientHello.read(Unpooled.wrappedBuffer(hello, 0, length)))
          .as("%d of %d bytes", length, hello.length)
          .isEmpty();
    }
  }

  @Test
  void itMayBeCutIntoRecordsAnywhere() throws Exception {
    byte[] message = message(Hello.naming("culvert-flow"));
    for (int cut = 1; cut < message.length; cut++) {
      ByteBuf in = Unpooled.buffer();
      record(in, message, 0, cut);
      record(in, message, cut, message.length);
      assertThat(ClientHello.read(in)).contains(new ClientHello(List.of("culvert-flow")));
    }
    ByteBuf single = Unpooled.buffer();
    for (int i = 0; i < message.length; i++) {
      record(single, message, i, i + 1);
    }
    assertThat(ClientHello.read(single)).contains(new ClientHello(List.of("culvert-flow")));
  }

  @Test
  void whatComesBehindItIsLeftToOthersAsItIsItself() throws Exception {
    byte[] hello = Hello.naming("culvert-flow");
    ByteBuf in = Unpooled.copiedBuffer(hello, "anything".getBytes(US_ASCII));

    assertThat(ClientHello.read(in)).contains(new ClientHello(List.of("culvert-flow")));
    assertThat(in.readableBytes()).isEqualTo(hello.length + 8);
  }

  @Test
  void itMayHaveNoExtensionsAtAll() throws Exception {
    assertThat(read(BEGINNING)).contains(new ClientHello(List.of()));
  }

  @Test
  void namesThatNobodyKnowsAreNamesToo() throws Exception {
    assertThat(read(BEGINNING + "000b" + "00100007" + "0005" + "03ff00ff" + "00"))
        .contains(new ClientHello(List.of("ÿ\0ÿ", "")));
  }

  @ParameterizedTest
  @CsvSource({
    "47, no handshake of TLS", // GET
    "00, no handshake of TLS", // STUN, a short frame of flow
    "1700, no handshake of TLS",
    "1604, no version of TLS",
    "16030100007f, a record of 0 bytes",
    "1603014001, a record of 16385 bytes",
    "160301000102, no ClientHello", // ServerHello
    "1603010004010040012222, a ClientHello of 16385 bytes",
    "1603010001 01 1503, no handshake of TLS"
  })
  void whatCannotBecomeOneIsRefusedAtTheFirstByteThatShowsIt(String hex, String why) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> ClientHello.read(Unpooled.wrappedBuffer(bytes)))
        .withMessage(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0303",
        "0303" + RANDOM + "01",
        BEGINNING + "00",
        BEGINNING + "0001",
        BEGINNING + "0004" + "00100001",
        BEGINNING + "0006" + "00100002" + "0001",
        BEGINNING + "0007" + "00100003" + "000102"
      })
  void whatEndsBeforeItsLengthsDoIsNone(String hex) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> read(hex))
        .withMessage("a ClientHello that ends too early");
  }

  @Test
  void whateverComesItIsReadOrRefused() throws Exception {
    byte[] hello = Hello.naming("h2", "http/1.1");
    Random random = new Random(7301);
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] changed = Arrays.copyOf(hello, 1 + random.nextInt(hello.length));
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        ClientHello.read(Unpooled.wrappedBuffer(changed));
      } catch (MalformedMessageException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1_000, 49_000);
  }

  private static List<String> protocols(byte[] hello) throws Exception {
    return ClientHello.read(Unpooled.wrappedBuffer(hello)).orElseThrow().protocols();
  }

  /** One whose message is that, in one record. */
  private static Optional<ClientHello> read(String hex) throws MalformedMessageException {
    byte[] body = HexFormat.of().parseHex(hex);
    ByteBuf in = Unpooled.buffer();
    in.writeByte(0x16).writeShort(0x0301).writeShort(4 + body.length);
    in.writeByte(1).writeMedium(body.length).writeBytes(body);
    return ClientHello.read(in);
  }

  private static byte[] message(byte[] record) {
    return Arrays.copyOfRange(record, HEADER, record.length);
  }

  private static void record(ByteBuf to, byte[] message, int from, int end) {
    to.writeByte(0x16).writeShort(0x0301).writeShort(end - from);
    to.writeBytes(message, from, end - from);
  }
}
