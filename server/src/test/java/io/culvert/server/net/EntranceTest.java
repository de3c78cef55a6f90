package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One service that passes everybody on at the first byte, and one that sends everything back. */
@Timeout(30)
class EntranceTest {
  private static final List<InetAddress> HERE = List.of(InetAddress.ofLiteral("127.0.0.1"));

  private static final int MOST_OF_FIRST = 1;
  private static final int MOST_OF_SECOND = 3;

  private enum Counter {
    OVER_LIMIT
  }

  private final Counters<Counter> counters = new Counters<>(Counter.class);
  private final TcpService<Counter> first = service("test-first", MOST_OF_FIRST);
  private final TcpService<Counter> second = service("test-second", MOST_OF_SECOND);
  private final AtomicInteger longestRead = new AtomicInteger();

  private TcpService<Counter> service(String name, int limit) {
    return new TcpService<>(
        name, limit, WriteBufferWaterMark.DEFAULT, counters, Counter.OVER_LIMIT);
  }

  @BeforeEach
  void start() throws Exception {
    Entrance entrance = second.entrance(pipeline -> pipeline.addLast(new Echo()));
    first.listen(
        "first", HERE, 0, "first.port", pipeline -> pipeline.addLast(new PassOn(entrance)));
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  @Test
  void whoIsAllowedToIsReadInLargePiecesThoughTheFirstServiceReadsInSmallOnes() throws Exception {
    byte[] much = new byte[4 << 20];
    new Random(1).nextBytes(much);
    try (Socket client = connect()) {
      Thread sending = Thread.startVirtualThread(() -> send(client, much));

      assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
      sending.join();
    }
    assertThat(longestRead).hasValueGreaterThan(ReadShare.NARROW);
  }

  @Test
  void whoIsPassedOnCountsAtTheSecondServiceOnly() throws Exception {
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < MOST_OF_SECOND; i++) {
      Socket client = connect();
      clients.add(client);
      send(client, new byte[] {'x'});
      assertThat(client.getInputStream().read()).isEqualTo('x');
    }
    assertThat(counters.snapshot()).containsEntry(Counter.OVER_LIMIT, 0L);

    try (Socket oneMore = connect()) {
      send(oneMore, new byte[] {'x'});
      assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(counters.snapshot()).containsEntry(Counter.OVER_LIMIT, 1L);
    for (Socket client : clients) {
      client.close();
    }
  }

  private Socket connect() throws Exception {
    InetSocketAddress address = first.listeners().getFirst().address();
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket client, byte[] bytes) {
    try {
      client.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class PassOn extends ChannelInboundHandlerAdapter {
    private final Entrance entrance;

    PassOn(Entrance entrance) {
      this.entrance = entrance;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      first.pass(ctx.channel(), (ByteBuf) message, entrance);
      ctx.pipeline().remove(this);
    }
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ReadShare.of(ctx.channel()).widen();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      longestRead.accumulateAndGet(((ByteBuf) message).readableBytes(), Math::max);
      ctx.writeAndFlush(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }
  }
}
