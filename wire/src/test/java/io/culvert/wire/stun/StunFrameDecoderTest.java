package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.Arrays;
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

  @Test
  void takesMessagesInPiecesOfAnySize() {
    ByteBuf all = Unpooled.buffer();
    Arrays.stream(Rfc5769.values()).forEach(sample -> all.writeBytes(sample.bytes()));
    for (int size = 1; size <= all.readableBytes(); size++) {
      EmbeddedChannel channel = channel();
      for (int from = 0; from < all.readableBytes(); from += size) {
        int length = Math.min(size, all.readableBytes() - from);
        channel.writeInbound(memory.buffer().writeBytes(all, from, length));
      }
      for (Rfc5769 sample : Rfc5769.values()) {
        ByteBuf message = channel.readInbound();
        assertThat(ByteBufUtil.getBytes(message)).as("by %s", size).isEqualTo(sample.bytes());
        message.release();
      }
      assertThat(channel.finish()).as("something is left over").isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          47                  | no header of STUN
          ff                  | no header of STUN
          0001 0001           | message of 21 bytes
          0001 00b8           | message of 204 bytes
          0001 0000 2112a443  | no magic cookie
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

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel(new StunFrameDecoder(MAX));
    channel.config().setAllocator(memory);
    return channel;
  }
}
