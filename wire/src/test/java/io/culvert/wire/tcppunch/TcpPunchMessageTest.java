package io.culvert.wire.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TcpPunchMessageTest {
  private static final InetSocketAddress SOMEWHERE = new InetSocketAddress("192.0.2.1", 5000);

  static List<Function<String, TcpPunchMessage>> messagesWithAnIdentifier() {
    return List.of(
        Online::new,
        OnlineAccepted::new,
        id -> new Introduction(Kind.INVITE, SOMEWHERE, SOMEWHERE, id),
        id -> new Introduce(Kind.INVITE, SOMEWHERE, id, "bob"),
        id -> new Introduce(Kind.INVITE, SOMEWHERE, "session", id),
        Ack::new,
        id -> new Data(id, new byte[0]));
  }

  static List<Function<InetSocketAddress, TcpPunchMessage>> messagesWithAnAddress() {
    return List.of(
        address -> new Introduction(Kind.INVITE, address, SOMEWHERE, "alice"),
        address -> new Introduction(Kind.INVITE, SOMEWHERE, address, "alice"),
        address -> new Introduce(Kind.INVITE, address, "session", "bob"));
  }

  @ParameterizedTest
  @MethodSource("messagesWithAnIdentifier")
  void anIdentifierIsNotEmpty(Function<String, TcpPunchMessage> message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> message.apply(""))
        .withMessage("an identifier must not be empty");
  }

  @ParameterizedTest
  @MethodSource("messagesWithAnIdentifier")
  void anIdentifierFitsIntoOneLengthByte(Function<String, TcpPunchMessage> message) {
    assertThat(message.apply("i".repeat(255))).isEqualTo(message.apply("i".repeat(255)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> message.apply("i".repeat(256)))
        .withMessage("an identifier is at most 255 bytes long, not 256");
  }

  @ParameterizedTest
  @MethodSource("messagesWithAnIdentifier")
  void anIdentifierIsMeasuredInBytesNotInCharacters(Function<String, TcpPunchMessage> message) {
    assertThat(message.apply("ü".repeat(127))).isEqualTo(message.apply("ü".repeat(127)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> message.apply("ü".repeat(128)))
        .withMessage("an identifier is at most 255 bytes long, not 256");
  }

  @ParameterizedTest
  @MethodSource("messagesWithAnIdentifier")
  void anIdentifierIsUnicodeText(Function<String, TcpPunchMessage> message) {
    String halfACharacter = "🚇".substring(0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> message.apply(halfACharacter))
        .withMessage("an identifier must be Unicode text");
  }

  @ParameterizedTest
  @MethodSource("messagesWithAnAddress")
  void anAddressIsNotOfIpv6(Function<InetSocketAddress, TcpPunchMessage> message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> message.apply(new InetSocketAddress("2001:db8::1", 5000)))
        .withMessageStartingWith("tcppunch carries IPv4 addresses only, not ");
  }

  @ParameterizedTest
  @MethodSource("messagesWithAnAddress")
  void anAddressIsNotAName(Function<InetSocketAddress, TcpPunchMessage> message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> message.apply(InetSocketAddress.createUnresolved("peer.example", 5000)))
        .withMessageStartingWith("tcppunch carries IPv4 addresses only, not peer.example");
  }

  @Test
  void dataFitsIntoOneLengthByte() {
    assertThat(new Data("alice", new byte[255]).data()).hasSize(255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Data("alice", new byte[256]))
        .withMessage("one message carries at most 255 bytes, not 256");
  }

  @Test
  void dataAreEqualByContent() {
    Data data = new Data("alice", new byte[] {1, 2});
    assertThat(data)
        .isEqualTo(new Data("alice", new byte[] {1, 2}))
        .hasSameHashCodeAs(new Data("alice", new byte[] {1, 2}))
        .isNotEqualTo(new Data("alice", new byte[] {1, 3}))
        .isNotEqualTo(new Data("bob", new byte[] {1, 2}))
        .isNotEqualTo(new Ack("alice"));
  }
}
