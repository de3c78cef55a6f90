package io.culvert.wire.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TcpPunchChannelCodecTest {
  /** Counts what it has given and not got back, which finds every leak, unlike a leak detector. */
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

  static List<Vector> vectors() {
    return Vector.all();
  }

  @AfterEach
  void everyBufferIsReleased() {
    assertThat(memory.metric().usedHeapMemory()).isZero();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void takesMessagesInPiecesOfAnySize(StreamKind stream) {
    List<Vector> vectors = Vector.of(stream);
    ByteBuf all = memory.buffer();
    vectors.forEach(vector -> all.writeBytes(vector.bytes()));
    for (int size = 1; size <= all.readableBytes(); size++) {
      EmbeddedChannel channel = channel(stream);
      for (int from = 0; from < all.readableBytes(); from += size) {
        channel.writeInbound(all.copy(from, Math.min(size, all.readableBytes() - from)));
      }
      for (Vector vector : vectors) {
        assertThat(channel.<TcpPunchMessage>readInbound())
            .as("in pieces of %s", size)
            .isEqualTo(vector.message());
      }
      assertThat(channel.finish()).as("something is left over").isFalse();
    }
    all.release();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void writesMessages(Vector vector) {
    EmbeddedChannel channel = channel(vector.stream());
    channel.writeOutbound(vector.message());
    ByteBuf written = channel.readOutbound();
    assertThat(ByteBufUtil.getBytes(written)).isEqualTo(vector.bytes());
    written.release();
    assertThat(channel.finish()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "MAIN, 00000000, frame of 0 bytes",
    "MAIN, 00000003 0001 00, empty identifier",
    "AUX, 0011 03, kind 3",
    "LINK, 0021 01 ff, identifier is not UTF-8"
  })
  void reportsMalformedBytesAsTheCauseOfADecoderException(
      StreamKind stream, String hex, String reason) {
    EmbeddedChannel channel = channel(stream);
    ByteBuf in = buffer(Vector.bytes(hex));
    assertThatThrownBy(() -> channel.writeInbound(in))
        .isExactlyInstanceOf(DecoderException.class)
        .cause()
        .isExactlyInstanceOf(MalformedMessageException.class)
        .hasMessage(reason);
    assertThat(channel.<Object>readInbound()).isNull();
    channel.close();
  }

  @Test
  void deliversWhatCameBeforeTheMalformedBytes() {
    EmbeddedChannel channel = channel(StreamKind.LINK);
    ByteBuf in = buffer(Vector.bytes("0021 01 61  ffff"));
    assertThatThrownBy(() -> channel.writeInbound(in)).hasMessageContaining("0xffff");
    assertThat(channel.<TcpPunchMessage>readInbound()).isEqualTo(new Ack("a"));
    channel.close();
  }

  @Test
  void aStreamThatEndsWithinAMessageIsMalformed() {
    EmbeddedChannel channel = channel(StreamKind.MAIN);
    channel.writeInbound(buffer(Vector.bytes("00000008 0001 05 616c69")));
    assertThatThrownBy(channel::finish)
        .isInstanceOf(DecoderException.class)
        .cause()
        .isExactlyInstanceOf(MalformedMessageException.class)
        .hasMessage("the stream ends within a message");
  }

  @Test
  void soIsOneWhoseOtherHalfStaysOpen() {
    EmbeddedChannel channel = channel(StreamKind.LINK);
    channel.writeInbound(buffer(Vector.bytes("0031 03 626f")));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThatThrownBy(channel::checkException)
        .cause()
        .hasMessage("the stream ends within a message");
    channel.close();
  }

  private EmbeddedChannel channel(StreamKind stream) {
    EmbeddedChannel channel = new EmbeddedChannel(stream.channelCodec());
    channel.config().setAllocator(memory);
    return channel;
  }

  private ByteBuf buffer(byte[] bytes) {
    return memory.buffer().writeBytes(bytes);
  }
}
