package io.culvert.wire.stun;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StunFrameDecoderTest {
  private static final int MAX = 200;

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

  @AfterEach
  void everyBufferIsReleased() {
    assertThat(memory.metric().usedHeapMemory()).isZero();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  /** Case 57 of the attacks, with ChannelData of 0 to 3 bytes of padding between messages. */
  @Test
  void takesMessagesInPiecesOfAnySize() {
    ByteBuf all = Unpooled.buffer();
    List<byte[]> expected = new ArrayList<>();
    for (Rfc5769 sample : Rfc5769.values()) {
      int length = expected.size() * 5 / 2; // 0, 5, 10, 15: each has another padding
      byte[] channelData = channelData(0x4000 + length, length);
      all.writeBytes(sample.bytes()).writeBytes(channelData);
      all.writeBytes("pad".getBytes(US_ASCII), 0, ChannelData.padding(length));
      expected.add(sample.bytes());
      expected.add(channelData);
    }
    for (int size = 1; size <= all.readableBytes(); size++) {
      EmbeddedChannel channel = channel();
      for (int from = 0; from < all.readableBytes(); from += size) {
        int length = Math.min(size, all.readableBytes() - from);
        channel.writeInbound(memory.buffer().writeBytes(all, from, length));
      }
      for (byte[] bytes : expected) {
        ByteBuf message = channel.readInbound();
        assertThat(ByteBufUtil.getBytes(message)).as("by %s", size).isEqualTo(bytes);
        message.release();
      }
      assertThat(channel.finish()).as("something is left over").isFalse();
    }
  }

  @Test
  void aMessageThatIsCutInTwoAnywhereIsTaken() {
    ByteBuf all = Unpooled.buffer().writeBytes(channelData(0x4abc, 6)).writeZero(2);
    all.writeBytes(Rfc5769.SAMPLE_IPV4_RESPONSE.bytes());
    for (int cut = 1; cut < all.readableBytes(); cut++) {
      EmbeddedChannel channel = channel();
      channel.writeInbound(memory.buffer().writeBytes(all, 0, cut));
      channel.writeInbound(memory.buffer().writeBytes(all, cut, all.readableBytes() - cut));
      ByteBuf first = channel.readInbound();
      ByteBuf second = channel.readInbound();
      assertThat(ByteBufUtil.getBytes(first)).isEqualTo(channelData(0x4abc, 6));
      assertThat(ByteBufUtil.getBytes(second)).isEqualTo(Rfc5769.SAMPLE_IPV4_RESPONSE.bytes());
      first.release();
      second.release();
      assertThat(channel.finish()).isFalse();
    }
  }

  @Test
  void theLongestChannelDataIsTaken() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(memory.buffer().writeBytes(channelData(0x4000, MAX - 4)));
    ByteBuf message = channel.readInbound();
    assertThat(message.readableBytes()).isEqualTo(MAX);
    message.release();
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void aStreamThatEndsWithinChannelDataOrItsPaddingIsMalformed() {
    byte[] padded = Arrays.copyOf(channelData(0x4000, 5), 12);
    for (int length = 1; length < padded.length; length++) {
      EmbeddedChannel channel = channel();
      channel.writeInbound(memory.buffer().writeBytes(padded, 0, length));
      assertThatThrownBy(channel::finish).hasRootCauseMessage("the stream ends within a message");
    }
  }

  @Test
  void whatIsTakenMayChange() {
    EmbeddedChannel channel = channel();
    StunFrameDecoder decoder = channel.pipeline().get(StunFrameDecoder.class);
    decoder.limit(StunFrameDecoder.LONGEST);
    for (byte[] longest :
        new byte[][] {
          channelData(0x4000, 0xffff),
          Arrays.copyOf(StunDecoding.bytes("0016 fffc 2112a442"), StunFrameDecoder.LONGEST)
        }) {
      channel.writeInbound(memory.buffer().writeBytes(longest).writeZero(-longest.length & 3));
      ByteBuf message = channel.readInbound();
      assertThat(ByteBufUtil.getBytes(message)).isEqualTo(longest);
      message.release();
    }
    decoder.limit(MAX);
    ByteBuf header = memory.buffer().writeBytes(channelData(0x4000, MAX - 3), 0, 4);
    assertThatThrownBy(() -> channel.writeInbound(header))
        .hasRootCauseMessage("message of 201 bytes");
    channel.close();
  }

  @Test
  void aMessageThatHasBegunMayEnd() {
    for (byte[] longer :
        new byte[][] {
          channelData(0x4000, MAX),
          Arrays.copyOf(StunDecoding.bytes("0016 00fc 2112a442"), 20 + 0xfc)
        }) {
      EmbeddedChannel channel = channel();
      StunFrameDecoder decoder = channel.pipeline().get(StunFrameDecoder.class);
      decoder.limit(StunFrameDecoder.LONGEST);
      channel.writeInbound(memory.buffer().writeBytes(longer, 0, 100));
      decoder.limit(MAX);
      channel.writeInbound(memory.buffer().writeBytes(longer, 100, longer.length - 100));
      ByteBuf message = channel.readInbound();
      assertThat(ByteBufUtil.getBytes(message)).isEqualTo(longer);
      message.release();
      assertThatThrownBy(() -> channel.writeInbound(memory.buffer().writeBytes(longer, 0, 100)))
          .hasRootCauseMessage("message of " + longer.length + " bytes");
      channel.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          80                  | no header of STUN
          ff                  | no header of STUN
          0001 0001           | message of 21 bytes
          0001 00b8           | message of 204 bytes
          0001 0000 2112a443  | no magic cookie
          4000 00c5           | message of 201 bytes
          4fff ffff           | message of 65539 bytes
          4745 5420           | message of 21540 bytes
          """)
  void refusesWhatCannotBecomeAMessageAsSoonAsItShows(String hex, String reason) {
    EmbeddedChannel channel = channel();
    byte[] bytes = StunDecoding.bytes(hex);
    for (int i = 0; i < bytes.length - 1; i++) {
      channel.writeInbound(memory.buffer().writeByte(bytes[i]));
    }
    ByteBuf last = memory.buffer().writeByte(bytes[bytes.length - 1]);
    assertThatThrownBy(() -> channel.writeInbound(last))
        .isExactlyInstanceOf(DecoderException.class)
        .cause()
        .isExactlyInstanceOf(MalformedMessageException.class)
        .hasMessage(reason);
    channel.close();
  }

  @Test
  void theLongestMessageIsTaken() {
    EmbeddedChannel channel = channel();
    ByteBuf longest =
        memory.buffer().writeBytes(StunDecoding.bytes("0001 00b4 2112a442")).writeZero(12 + 180);
    channel.writeInbound(longest);
    ByteBuf message = channel.readInbound();
    assertThat(message.readableBytes()).isEqualTo(MAX);
    message.release();
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void aStreamThatEndsWithinAMessageIsMalformed() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(memory.buffer().writeBytes(StunDecoding.bytes("0001 0000 2112a442 00")));
    assertThatThrownBy(channel::finish).hasRootCauseMessage("the stream ends within a message");
  }

  private static byte[] channelData(int channel, int length) {
    byte[] bytes = new byte[4 + length];
    ChannelData.setHeader(Unpooled.wrappedBuffer(bytes), 0, channel, length);
    Arrays.fill(bytes, 4, bytes.length, (byte) 'd');
    return bytes;
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel(new StunFrameDecoder(MAX));
    channel.config().setAllocator(memory);
    return channel;
  }
}
