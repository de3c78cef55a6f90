package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.ErrorLog;
import io.culvert.server.net.Counters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class TagHandlerTest {
  private static final InetSocketAddress SERVER = at("203.0.113.10", 20_000);
  private static final InetSocketAddress ANN = at("203.0.113.1", 1001);
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

  private final Counters<TagCounter> counters = new Counters<>(TagCounter.class);

  @Test
  void anAnswerGoesBackToWhereTheQuestionCameFrom() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(register());
    DatagramPacket answer = channel.readOutbound();
    assertThat(answer.recipient()).isEqualTo(ANN);
    assertThat(answer.content().toString(StandardCharsets.UTF_8))
        .startsWith("{\"t\":-1,\"mid\":1,");
    answer.release();
    assertThat(unsent()).isZero();
  }

  @Test
  void aDatagramIsReleasedWhenItHasBeenRead() {
    DatagramPacket packet = register();
    channel().writeInbound(packet);
    assertThat(packet.refCnt()).isZero();
  }

  @Test
  void whatCannotBeSentIsCounted() {
    EmbeddedChannel channel =
        channel(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ((DatagramPacket) message).release();
                promise.setFailure(new IOException("no such network"));
              }
            });
    channel.writeInbound(register());
    assertThat(unsent()).isEqualTo(1);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whatASocketHasNoRoomForIsDroppedAndCounted() {
    EmbeddedChannel channel = channel();
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 1));
    ByteBuf waiting = Unpooled.buffer().writeZero(100);
    channel.write(new DatagramPacket(waiting, ANN));
    assertThat(channel.isWritable()).isFalse();

    channel.writeInbound(register());

    assertThat(unsent()).isEqualTo(1);
    assertThat(channel.outboundMessages()).isEmpty();
    channel.flush();
    channel.releaseOutbound();
  }

  @Test
  void anErrorOfTheNetworkIsCountedAndLeavesTheSocketOpen() {
    EmbeddedChannel channel = channel();
    channel.pipeline().fireExceptionCaught(new IOException("port unreachable"));
    assertThat(unsent()).isEqualTo(1);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void anErrorOfOurOwnIsLoggedAndLeavesTheSocketOpen() {
    EmbeddedChannel channel = channel();
    try (ErrorLog errors = new ErrorLog()) {
      channel.pipeline().fireExceptionCaught(new IllegalStateException("ours"));
      assertThat(errors.messages())
          .containsExactly("tag: a datagram was dropped after an error of our own");
    }
    assertThat(channel.isOpen()).isTrue();
  }

  private EmbeddedChannel channel(ChannelHandler... before) {
    EmbeddedChannel channel = new EmbeddedChannel(before);
    TagService service = new TagService(TagKey.random(), CLOCK, counters);
    TagTimer timer = new TagTimer(service, CLOCK, channel.eventLoop());
    channel.pipeline().addLast(new TagHandler(service, timer, counters));
    return channel;
  }

  private long unsent() {
    return counters.snapshot().getOrDefault(TagCounter.UNSENT, 0L);
  }

  private static DatagramPacket register() {
    return new DatagramPacket(
        Unpooled.copiedBuffer("{\"t\":1,\"mid\":1}", StandardCharsets.UTF_8), SERVER, ANN);
  }
}
