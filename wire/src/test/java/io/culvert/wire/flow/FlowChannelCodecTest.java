package io.culvert.wire.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowChannelCodecTest {
  /** Counts what it has given and not got back, which finds every leak, unlike a leak detector. */
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

  private static final List<FlowMessage> MESSAGES =
      List.of(
          new HeartBeat(Head.numbered("token", 1)),
          new StartSession(Head.EMPTY, "böb 🚇", "alice"),
          new HeartBeat(Head.EMPTY));

  @AfterEach
  void everyBufferIsReleased() {
    assertThat(memory.metric().usedHeapMemory()).isZero();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  @Test
  void takesMessagesInPiecesOfAnySize() {
    ByteBuf all = memory.buffer();
    MESSAGES.forEach(message -> FlowCodec.encode(message, all));
    for (int size = 1; size <= all.readableBytes(); size++) {
      EmbeddedChannel channel = channel(FlowChannelCodec.server());
      for (int from = 0; from < all.readableBytes(); from += size) {
        channel.writeInbound(all.copy(from, Math.min(size, all.readableBytes() - from)));
      }
      for (FlowMessage message : MESSAGES) {
        assertThat(channel.<Object>readInbound()).as("in pieces of %s", size).isEqualTo(message);
      }
      assertThat(channel.finish()).as("something is left over").isFalse();
    }
    all.release();
  }

  @Test
  void writesWhatTheOtherSideReads() {
    EmbeddedChannel server = channel(FlowChannelCodec.server());
    EmbeddedChannel client = channel(FlowChannelCodec.client());

    server.writeOutbound(new LoggedOut(Head.numbered("", 3)));
    client.writeInbound(server.<ByteBuf>readOutbound());
    client.writeOutbound(new HeartBeat(Head.EMPTY));
    server.writeInbound(client.<ByteBuf>readOutbound());

    assertThat(client.<Object>readInbound()).isEqualTo(new LoggedOut(Head.numbered("", 3)));
    assertThat(server.<Object>readInbound()).isEqualTo(new HeartBeat(Head.EMPTY));
    assertThat(server.finish()).isFalse();
    assertThat(client.finish()).isFalse();
  }

  @Test
  void reportsMalformedBytesAsTheCauseOfADecoderExceptionBehindWhatCameBefore() {
    EmbeddedChannel channel = channel(FlowChannelCodec.server());
    ByteBuf in = memory.buffer();
    FlowCodec.encode(new HeartBeat(Head.EMPTY), in);
    FlowCodec.frame("{}".getBytes(UTF_8), in);

    assertThatThrownBy(() -> channel.writeInbound(in))
        .isExactlyInstanceOf(DecoderException.class)
        .cause()
        .isExactlyInstanceOf(MalformedMessageException.class)
        .hasMessage("head is missing");

    assertThat(channel.<Object>readInbound()).isEqualTo(new HeartBeat(Head.EMPTY));
    assertThat(channel.<Object>readInbound()).isNull();
    channel.close();
  }

  @Test
  void aStreamThatEndsWithinAFrameIsMalformed() {
    EmbeddedChannel channel = channel(FlowChannelCodec.client());
    channel.writeInbound(memory.buffer().writeShort(9).writeByte('{'));
    assertThatThrownBy(channel::finish)
        .isInstanceOf(DecoderException.class)
        .cause()
        .isExactlyInstanceOf(MalformedMessageException.class)
        .hasMessage("the stream ends within a frame");
  }

  @Test
  void soIsOneWhoseOtherHalfStaysOpen() {
    EmbeddedChannel channel = channel(FlowChannelCodec.server());
    channel.writeInbound(memory.buffer().writeByte(0));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThatThrownBy(channel::checkException)
        .cause()
        .hasMessage("the stream ends within a frame");
    channel.close();
  }

  private EmbeddedChannel channel(FlowChannelCodec codec) {
    EmbeddedChannel channel = new EmbeddedChannel(codec);
    channel.config().setAllocator(memory);
    return channel;
  }
}
