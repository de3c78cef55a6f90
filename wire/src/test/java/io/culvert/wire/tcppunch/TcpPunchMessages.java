package io.culvert.wire.tcppunch;

import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.IntroduceRefused;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineRefused;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any message there is. */
final class TcpPunchMessages {
  private TcpPunchMessages() {}

  static Arbitrary<? extends TcpPunchMessage> of(StreamKind stream) {
    return switch (stream) {
      case MAIN ->
          Arbitraries.oneOf(
              ids().map(Online::new),
              ids().map(OnlineAccepted::new),
              Arbitraries.just(new OnlineRefused()),
              Combinators.combine(kinds(), addresses(), addresses(), ids()).as(Introduction::new));
      case AUX ->
          Arbitraries.oneOf(
              Combinators.combine(kinds(), addresses(), ids(), ids()).as(Introduce::new),
              Arbitraries.just(new IntroduceRefused()));
      case LINK ->
          Arbitraries.oneOf(
              ids().map(Ack::new),
              Combinators.combine(
                      ids(), Arbitraries.bytes().array(byte[].class).ofMinSize(0).ofMaxSize(255))
                  .as(Data::new));
    };
  }

  private static Arbitrary<Kind> kinds() {
    return Arbitraries.of(Kind.class);
  }

  private static Arbitrary<String> ids() {
    Arbitrary<Integer> codePoints =
        Arbitraries.integers()
            .between(Character.MIN_CODE_POINT, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    Arbitrary<String> texts =
        codePoints
            .list()
            .ofMinSize(1)
            .ofMaxSize(100)
            .map(list -> list.stream().map(Character::toString).reduce("", String::concat));
    Arbitrary<String> words = Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(255);
    return Arbitraries.oneOf(words, texts)
        .filter(id -> id.getBytes(StandardCharsets.UTF_8).length <= TcpPunchMessage.MAX_ID_BYTES);
  }

  private static Arbitrary<InetSocketAddress> addresses() {
    return Combinators.combine(
            Arbitraries.bytes().array(byte[].class).ofSize(4),
            Arbitraries.integers().between(0, 65535))
        .as((ip, port) -> new InetSocketAddress(ipv4(ip), port));
  }

  private static InetAddress ipv4(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
