package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class GateTest {
  private final Gate gate = new Gate();
  private final ChannelFrom channel =
      new ChannelFrom(new InetSocketAddress("203.0.113.7", 6000), gate);

  GateTest() throws Exception {}

  @Test
  void messagesPassWhileNothingHoldsThem() {
    channel.writeInbound("a", "b");

    assertThat(received()).isEqualTo("ab");
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whatIsHeldComesLaterInTheSameOrder() {
    gate.hold();
    channel.writeInbound("a", "b");
    assertThat(received()).isEmpty();
    assertThat(channel.config().isAutoRead()).isFalse();

    gate.release();
    channel.writeInbound("c");

    assertThat(received()).isEqualTo("abc");
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void oneMessageMayHoldTheNext() throws Exception {
    Gate onebyOne = new Gate();
    ChannelFrom other =
        new ChannelFrom(
            new InetSocketAddress("203.0.113.7", 6000),
            onebyOne,
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                onebyOne.hold();
                ctx.fireChannelRead(message);
              }
            });
    other.writeInbound("a", "b", "c");

    for (String expected : new String[] {"a", "b", "c"}) {
      assertThat(other.<Object>readInbound()).isEqualTo(expected);
      assertThat(other.<Object>readInbound()).isNull();
      onebyOne.release();
    }
    assertThat(other.config().isAutoRead()).isTrue();
  }

  @Test
  void aClientThatDoesNotReadIsNotReadFrom() {
    setWritable(false);
    assertThat(channel.config().isAutoRead()).isFalse();

    setWritable(true);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void bothMustBeWell() {
    gate.hold();
    setWritable(false);
    setWritable(true);
    assertThat(channel.config().isAutoRead()).isFalse();

    setWritable(false);
    gate.release();
    assertThat(channel.config().isAutoRead()).isFalse();

    setWritable(true);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whatStillWaitsAtTheEndIsReleased() {
    ByteBuf message = Unpooled.buffer();
    gate.hold();
    channel.writeInbound(message);

    channel.close();

    assertThat(message.refCnt()).isZero();
    gate.release();
    assertThat(channel.<Object>readInbound()).isNull();
  }

  private String received() {
    StringBuilder all = new StringBuilder();
    for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
      all.append(next);
    }
    return all.toString();
  }

  private void setWritable(boolean writable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    channel.runPendingTasks();
  }
}
