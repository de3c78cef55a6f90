package io.culvert.wire.tag;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TagCodecPropertiesTest {
  @Property
  void whateverIsSaidArrives(@ForAll("messages") TagMessage message) throws Exception {
    ByteBuf out = Unpooled.buffer();
    TagCodec.encode(message, out);
    assertThat(out.readableBytes()).isLessThanOrEqualTo(TagMessage.MAX_BYTES);
    assertThat(TagCodec.decode(out)).isEqualTo(message);
  }

  @Property
  void briefIsNeverLonger(@ForAll("messages") TagMessage message) {
    ByteBuf full = Unpooled.buffer();
    ByteBuf brief = Unpooled.buffer();
    TagCodec.encode(message, full);
    TagCodec.encodeBriefly(message, brief);
    assertThat(brief.readableBytes()).isLessThanOrEqualTo(full.readableBytes());
  }

  @Property
  void framesArriveOneByOneHoweverTheNetworkCutsThem(
      @ForAll("conversations") List<TagMessage> messages, @ForAll("pieces") List<Integer> pieces)
      throws Exception {
    ByteBuf sent = Unpooled.buffer();
    messages.forEach(message -> TagCodec.encodeFrame(message, sent));
    ByteBuf received = Unpooled.buffer();
    List<TagMessage> arrived = new ArrayList<>();
    for (int i = 0; sent.isReadable(); i++) {
      received.writeBytes(sent, Math.min(pieces.get(i % pieces.size()), sent.readableBytes()));
      for (TagMessage message = TagCodec.decodeFrame(received);
          message != null;
          message = TagCodec.decodeFrame(received)) {
        arrived.add(message);
      }
    }
    assertThat(arrived).isEqualTo(messages);
    assertThat(received.isReadable()).isFalse();
  }

  @Property
  void noDamageMakesTheDecoderDoAnythingElseThanReadOrRefuse(@ForAll("damage") byte[] damaged) {
    Decoding.datagram(damaged);
    Decoding.frame(damaged);
  }

  @Provide
  Arbitrary<TagMessage> messages() {
    return TagMessages.any();
  }

  @Provide
  Arbitrary<List<TagMessage>> conversations() {
    return TagMessages.any().list().ofMinSize(1).ofMaxSize(5);
  }

  @Provide
  Arbitrary<List<Integer>> pieces() {
    return Arbitraries.integers().between(1, 300).list().ofMinSize(1).ofMaxSize(5);
  }

  /** Messages of which some bytes were changed, taken away and added. */
  @Provide
  Arbitrary<byte[]> damage() {
    return Combinators.combine(
            TagMessages.any(),
            Arbitraries.integers().between(0, 100),
            Arbitraries.bytes(),
            Arbitraries.integers().between(0, 3),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(3))
        .as((message, place, change, cut, more) -> {
          ByteBuf out = Unpooled.buffer();
          TagCodec.encode(message, out);
          if (place < out.writerIndex()) {
            out.setByte(place, change);
          }
          out.writerIndex(Math.max(0, out.writerIndex() - cut));
          return ByteBufUtil.getBytes(out.writeBytes(more));
        });
  }
}
