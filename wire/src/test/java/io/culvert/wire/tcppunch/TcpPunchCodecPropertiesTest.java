package io.culvert.wire.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TcpPunchCodecPropertiesTest {
  /** Some bytes that come on a stream; spelt out, for the report of a failure. */
  record Bytes(StreamKind stream, String hex) {
    static Bytes of(StreamKind stream, byte[] bytes) {
      return new Bytes(stream, HexFormat.of().formatHex(bytes));
    }

    byte[] bytes() {
      return Vector.bytes(hex);
    }
  }

  /** Some messages that come on a stream, and where the network cuts it. */
  record Conversation(StreamKind stream, List<TcpPunchMessage> messages, List<Integer> pieces) {}

  @Property
  void whateverIsSaidArrives(@ForAll("conversations") Conversation conversation) throws Exception {
    ByteBuf sent = Unpooled.buffer();
    conversation.messages().forEach(message -> TcpPunchCodec.encode(message, sent));

    ByteBuf received = Unpooled.buffer();
    List<TcpPunchMessage> arrived = new ArrayList<>();
    for (int i = 0; sent.isReadable(); i++) {
      int piece = conversation.pieces().get(i % conversation.pieces().size());
      received.writeBytes(sent, Math.min(piece, sent.readableBytes()));
      for (TcpPunchMessage message = conversation.stream().decode(received);
          message != null;
          message = conversation.stream().decode(received)) {
        arrived.add(message);
      }
    }
    assertThat(arrived).isEqualTo(conversation.messages());
    assertThat(received.isReadable()).isFalse();
  }

  @Property
  void noBytesMakeADecoderDoAnythingElseThanTakeWaitOrRefuse(@ForAll("noise") Bytes noise) {
    Decoding.of(noise.stream(), noise.bytes());
  }

  @Property
  void noDamageMakesADecoderDoAnythingElseThanTakeWaitOrRefuse(@ForAll("damage") Bytes damaged) {
    Decoding.of(damaged.stream(), damaged.bytes());
  }

  @Property
  void nothingCompleteIsLongerThanItsFieldsAllow(@ForAll("damage") Bytes damaged) {
    Decoding decoding = Decoding.of(damaged.stream(), damaged.bytes());
    int waiting = damaged.bytes().length - decoding.taken();
    assertThat(decoding.refusal() != null || waiting < 4 + 2 + 1 + 12 + 256 + 256)
        .as("refused, or less than one message left")
        .isTrue();
  }

  @Provide
  Arbitrary<Conversation> conversations() {
    return Arbitraries.of(StreamKind.class)
        .flatMap(stream ->
            Combinators.combine(
                    messages(stream).list().ofMinSize(1).ofMaxSize(5),
                    Arbitraries.integers().between(1, 600).list().ofMinSize(1).ofMaxSize(5))
                .as((messages, pieces) -> new Conversation(stream, messages, pieces)));
  }

  @Provide
  Arbitrary<Bytes> noise() {
    Arbitrary<byte[]> anyBytes =
        Arbitraries.bytes().array(byte[].class).ofMinSize(0).ofMaxSize(600);
    return Combinators.combine(Arbitraries.of(StreamKind.class), anyBytes).as(Bytes::of);
  }

  /** Messages of which some bytes were changed, taken away and added. */
  @Provide
  Arbitrary<Bytes> damage() {
    Arbitrary<Integer> places = Arbitraries.integers().between(0, 40);
    return Arbitraries.of(StreamKind.class)
        .flatMap(stream ->
            Combinators.combine(
                    messages(stream).list().ofMinSize(1).ofMaxSize(3),
                    places,
                    Arbitraries.bytes(),
                    Arbitraries.integers().between(0, 10),
                    Arbitraries.bytes().array(byte[].class).ofMaxSize(10))
                .as((messages, place, change, cut, more) -> {
                  ByteBuf out = Unpooled.buffer();
                  messages.forEach(message -> TcpPunchCodec.encode(message, out));
                  if (place < out.writerIndex()) {
                    out.setByte(place, change);
                  }
                  out.writerIndex(Math.max(0, out.writerIndex() - cut));
                  out.writeBytes(more);
                  return Bytes.of(stream, ByteBufUtil.getBytes(out));
                }));
  }

  private static Arbitrary<TcpPunchMessage> messages(StreamKind stream) {
    return TcpPunchMessages.of(stream).map(message -> message);
  }
}
