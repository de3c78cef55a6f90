package io.culvert.client.ice;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.ice.DatagramFraming;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpWayTest {
  private static final int DATAGRAM = 1000;

  private final List<String> heard = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final TcpWay way =
      new TcpWay(
          channel,
          new TcpWay.Receiver() {
            @Override
            public void received(ByteBuf datagram) {
              heard.add(datagram.toString(US_ASCII));
            }

            @Override
            public void broken() {
              heard.add("broken");
            }
          });

  TcpWayTest() {
    channel.pipeline().addLast(DatagramFraming.decoder(TcpWay.LONGEST), way);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void datagramsOfOneSizeLeaveTogetherEachBehindItsLength() {
    way.send(Unpooled.copiedBuffer("abcdefgh", US_ASCII), 3);

    ByteBuf sent = channel.readOutbound();
    assertThat(sent.toString(US_ASCII)).isEqualTo("\0\3abc\0\3def\0\2gh");
    sent.release();
  }

  @Test
  void whatComesIsTheReceiversButForEmptyOnes() {
    channel.writeInbound(Unpooled.copiedBuffer("\0\3abc\0\0\0\1d", US_ASCII));
    assertThat(heard).containsExactly("abc", "d");
  }

  @Test
  void whatFindsNoRoomIsLost() {
    hold();
    for (int i = 0; i < 1000; i++) {
      way.send(Unpooled.wrappedBuffer(new byte[DATAGRAM]), DATAGRAM);
    }
    assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes())
        .isBetween(100_000L, 200_000L);
  }

  @Test
  void anEndOfThePeersIsTheEnd() {
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(heard).containsExactly("broken");
  }

  @Test
  void whoFramesWronglyIsLeft() {
    channel.writeInbound(Unpooled.buffer().writeShort(TcpWay.LONGEST + 1));
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(heard).containsExactly("broken");
  }

  @Test
  void whoClosesItHearsNothingMore() {
    way.close();
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(heard).isEmpty();
  }

  /** As a socket does whose buffer is full. */
  private void hold() {
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void flush(ChannelHandlerContext ctx) {
                // nothing leaves
              }
            });
  }
}
