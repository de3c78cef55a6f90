package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.flow.UnfinishedFrames.Budget;
import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.wire.flow.FlowChannelCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnfinishedFramesTest {
  private static final int LIMIT = 10_000;

  private final Budget budget = new Budget(LIMIT);
  private final Counters<FlowCounter> counters = new Counters<>(FlowCounter.class);
  private final ChannelFrom big = connect();
  private final ChannelFrom small = connect();

  UnfinishedFramesTest() throws Exception {}

  @AfterEach
  void close() {
    big.finishAndReleaseAll();
    small.finishAndReleaseAll();
    assertThat(budget.kept()).isZero();
  }

  @Test
  void whoKeepsMuchIsClosedWhenAllTogetherKeepTooMuch() {
    big.writeInbound(beginning(LIMIT - 1_000));
    small.writeInbound(beginning(1_000));
    assertThat(big.isOpen()).isTrue();

    small.writeInbound(more(1));
    assertThat(small.isOpen()).isTrue();
    big.writeInbound(more(1));

    assertThat(big.isOpen()).isFalse();
    assertThat(small.isOpen()).isTrue();
    assertThat(counters.snapshot()).containsEntry(FlowCounter.UNFINISHED, 1L);
    assertThat(budget.kept()).isEqualTo(1_001);
  }

  @Test
  void aFrameThatIsCompleteIsKeptNoMore() {
    String heartBeat = "{\"head\":{\"signalType\":0}}";
    ByteBuf frame = Unpooled.buffer();
    frame.writeShort(60_000);
    frame.writeBytes(heartBeat.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    frame.writeBytes(" ".repeat(60_000 - 25).getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    big.writeInbound(frame);

    assertThat(big.<Object>readInbound()).isNotNull();
    assertThat(big.isOpen()).isTrue();
    assertThat(budget.kept()).isZero();
  }

  /** So many bytes of a longer frame. */
  private static ByteBuf beginning(int bytes) {
    return Unpooled.buffer().writeShort(65_535).writeByte('{').writeZero(bytes - 3);
  }

  private static ByteBuf more(int bytes) {
    return Unpooled.buffer().writeZero(bytes);
  }

  private ChannelFrom connect() throws Exception {
    FlowChannelCodec codec = FlowChannelCodec.server();
    ConnectionGuard<FlowCounter> guard =
        new ConnectionGuard<>(counters, FlowCounter.MALFORMED, FlowCounter.TIMED_OUT);
    return new ChannelFrom(
        new InetSocketAddress("203.0.113.7", 6000),
        codec,
        new UnfinishedFrames(codec, budget, guard),
        guard);
  }
}
