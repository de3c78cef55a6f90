package io.culvert.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PunchPortTest {
  private final EventLoopGroup group = PunchSockets.TRANSPORT.eventLoops(1, "punch-port-test");
  private final List<ServerSocket> others = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    for (ServerSocket other : others) {
      other.close();
    }
  }

  @Test
  void aNumberThatSomebodyElseHasForTcpIsGivenUpForAnother() throws Exception {
    Thief thief = new Thief();
    CompletableFuture<PunchPort> opened = new CompletableFuture<>();
    group
        .next()
        .execute(() ->
            PunchPort.open(
                group.next(),
                new PunchSockets(group.next()),
                thief,
                accepted -> {},
                new PunchPort.Opened() {
                  @Override
                  public void opened(PunchPort port) {
                    opened.complete(port);
                  }

                  @Override
                  public void failed(Throwable why) {
                    opened.completeExceptionally(why);
                  }
                }));
    PunchPort port = opened.get(20, TimeUnit.SECONDS);
    assertThat(thief.seen).hasSizeGreaterThan(1); // the second may be somebody's, too
    assertThat(port.number()).isEqualTo(thief.seen.getLast()).isNotEqualTo(thief.seen.getFirst());
  }

  /** Takes the TCP port of the first number between the opening of the one and of the other. */
  @Sharable
  private final class Thief extends ChannelInboundHandlerAdapter {
    final List<Integer> seen = new ArrayList<>();

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      int number = ((InetSocketAddress) ctx.channel().localAddress()).getPort();
      if (seen.isEmpty()) {
        try {
          others.add(new ServerSocket(number, 1, InetAddress.ofLiteral("0.0.0.0")));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      seen.add(number);
    }
  }
}
