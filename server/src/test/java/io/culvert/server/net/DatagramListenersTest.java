package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.server.net.Listeners.Listener;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DatagramListenersTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ALL_IPV4 = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ALL_IPV6 = InetAddress.ofLiteral("::");

  private final EventLoopGroup eventLoop = Transport.best().eventLoops(1, "listeners-test");
  private final Listeners listeners = new Listeners();

  @AfterEach
  void stop() {
    listeners.close();
    eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void severalAddressesShareThePortThatWasFree() throws Exception {
    List<InetAddress> addresses =
        Ipv6.isThere() ? List.of(LOOPBACK, Ipv6.LOOPBACK) : List.of(LOOPBACK);

    receive(0, addresses.toArray(InetAddress[]::new));

    int port = listeners.all().getFirst().address().getPort();
    assertThat(port).isPositive();
    assertThat(listeners.all())
        .extracting(Listener::address)
        .containsExactlyElementsOf(
            addresses.stream().map(address -> new InetSocketAddress(address, port)).toList());
    for (InetAddress address : addresses) {
      expectMirror(address, port);
    }
  }

  @Test
  void bothWildcardsAreOneSocketThatShowsEverybodyAsWhatHeIs() throws Exception {
    receive(0, ALL_IPV4, ALL_IPV6);

    assertThat(listeners.all()).hasSize(1);
    InetSocketAddress address = listeners.all().getFirst().address();
    expectMirror(LOOPBACK, address.getPort());
    if (Ipv6.isThere()) {
      assertThat(address.getAddress()).isEqualTo(ALL_IPV6);
      expectMirror(Ipv6.LOOPBACK, address.getPort());
    } else {
      assertThat(address.getAddress()).isEqualTo(ALL_IPV4);
    }
  }

  @Test
  void theIpv4WildcardAloneIsNoIpv6Socket() throws Exception {
    assumeTrue(Ipv6.isThere(), "this machine has no IPv6");
    receive(0, ALL_IPV4);
    int port = listeners.all().getFirst().address().getPort();

    try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(Ipv6.LOOPBACK, port))) {
      assertThat(other.isBound()).isTrue();
    }
    expectMirror(LOOPBACK, port);
  }

  @Test
  void aPortInUseIsNamedTogetherWithItsKey() throws Exception {
    try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      int port = other.getLocalPort();

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> receive(port, LOOPBACK))
          .withMessage(
              "test cannot listen on 127.0.0.1:%d: another program has the port. Stop it, or choose"
                  + " another port with test.port.",
              port);
      assertThat(listeners.all()).isEmpty();
    }
  }

  @Test
  void aPortInUseByAnIpv4ProgramIsNotTakenFromItByTheWildcards() throws Exception {
    try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      int port = other.getLocalPort();

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> receive(port, ALL_IPV4, ALL_IPV6))
          .withMessageContaining(":" + port + ": another program has the port.");
      assertThat(listeners.all()).isEmpty();
    }
  }

  @Test
  void aPortIsFreeAgainAtOnce() throws Exception {
    receive(0, LOOPBACK);
    int port = listeners.all().getFirst().address().getPort();

    listeners.close();

    assertThat(listeners.all()).isEmpty();
    receive(port, LOOPBACK);
    expectMirror(LOOPBACK, port);
  }

  private void receive(int port, InetAddress... addresses) throws ServerStartException {
    Bootstrap bootstrap = new Bootstrap().group(eventLoop).handler(new Mirror());
    listeners.receive("test", bootstrap, List.of(addresses), port, "test.port");
  }

  /** Whoever asks is told his address. */
  private static void expectMirror(InetAddress server, int port) throws IOException {
    try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(server, 0))) {
      client.setSoTimeout(10_000);
      client.connect(server, port);
      client.send(new java.net.DatagramPacket(new byte[] {1}, 1));
      java.net.DatagramPacket answer = new java.net.DatagramPacket(new byte[100], 100);
      client.receive(answer);
      assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8))
          .isEqualTo(
              NetUtil.toSocketAddressString((InetSocketAddress) client.getLocalSocketAddress()));
    }
  }

  @Sharable
  private static final class Mirror extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      ctx.writeAndFlush(
          new DatagramPacket(
              Unpooled.copiedBuffer(
                  NetUtil.toSocketAddressString(packet.sender()), StandardCharsets.UTF_8),
              packet.sender()));
    }
  }
}
