package io.culvert.wire.ice;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatagramFramingTest {
  private static final int LONGEST = 10;

  private final EmbeddedChannel channel = new EmbeddedChannel(DatagramFraming.decoder(LONGEST));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void eachDatagramStandsBehindItsLength() {
    ByteBuf out = Unpooled.buffer();
    ByteBuf datagrams = text("abcdefg");

    DatagramFraming.encode(datagrams, 3, out);

    assertThat(ByteBufUtil.getBytes(out))
        .isEqualTo(new byte[] {0, 3, 'a', 'b', 'c', 0, 3, 'd', 'e', 'f', 0, 1, 'g'});
    assertThat(datagrams.readableBytes()).isEqualTo(7);
  }

  @Test
  void theLengthIsWrittenInNetworkOrder() {
    ByteBuf out = Unpooled.buffer();

    DatagramFraming.encode(Unpooled.wrappedBuffer(new byte[0x0102]), 1200, out);

    assertThat(out.getUnsignedShort(0)).isEqualTo(0x0102);
    assertThat(out.readableBytes()).isEqualTo(2 + 0x0102);
  }

  @Test
  void datagramsArriveWholeWhereverTheStreamIsCut() {
    byte[] stream = {0, 3, 'a', 'b', 'c', 0, 1, 'd', 0, 0, 0, 2, 'e', 'f'};
    for (int cut = 0; cut <= stream.length; cut++) {
      channel.writeInbound(Unpooled.copiedBuffer(stream, 0, cut));
      channel.writeInbound(Unpooled.copiedBuffer(stream, cut, stream.length - cut));

      assertThat(arrived()).as("cut at %d", cut).containsExactly("abc", "d", "", "ef");
    }
  }

  @Test
  void theyArriveOfSingleBytes() {
    for (byte each : new byte[] {0, 2, 'a', 'b', 0, 1, 'c'}) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
    }
    assertThat(arrived()).containsExactly("ab", "c");
  }

  @Test
  void theLongestArrives() {
    channel.writeInbound(framed("0123456789"));
    assertThat(arrived()).containsExactly("0123456789");
  }

  @Test
  void oneThatIsLongerIsRefusedByItsLength() {
    assertThatExceptionOfType(TooLongFrameException.class)
        .isThrownBy(
            () -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, LONGEST + 1})));
    assertThat(arrived()).isEmpty();
  }

  @Test
  void whatIsNotWholeWhenTheStreamEndsIsNoDatagram() {
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 3, 'a', 'b'}));
    channel.finish();
    assertThat(arrived()).isEmpty();
  }

  private static ByteBuf framed(String datagram) {
    ByteBuf out = Unpooled.buffer();
    DatagramFraming.encode(text(datagram), datagram.length(), out);
    return out;
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, US_ASCII);
  }

  private List<String> arrived() {
    List<String> all = new ArrayList<>();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      all.add(next.toString(US_ASCII));
      next.release();
    }
    return all;
  }
}
