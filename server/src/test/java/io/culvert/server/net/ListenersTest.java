package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.server.net.Listeners.Listener;
import io.culvert.wire.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ListenersTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ALL_IPV4 = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ALL_IPV6 = InetAddress.ofLiteral("::");

  /** Reserved for documentation: nobody has it. */
  private static final InetAddress FOREIGN = InetAddress.ofLiteral("203.0.113.99");

  private static final int GREETING = 42;

  private final EventLoopGroup eventLoop = Transport.best().eventLoops(1, "listeners-test");
  private final Listeners listeners = new Listeners();

  @AfterEach
  void stop() {
    listeners.close();
    eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void portZeroIsAnyFreePort() throws Exception {
    listen(0, LOOPBACK);

    assertThat(listeners.all()).hasSize(1);
    Listener listener = listeners.all().getFirst();
    assertThat(listener.name()).isEqualTo("test");
    assertThat(listener.address().getPort()).isPositive();
    expectGreeting(LOOPBACK, listener.address().getPort());
  }

  @Test
  void severalAddressesShareThePortThatWasFree() throws Exception {
    List<InetAddress> addresses =
        Ipv6.isThere() ? List.of(LOOPBACK, Ipv6.LOOPBACK) : List.of(LOOPBACK);

    listen(0, addresses.toArray(InetAddress[]::new));

    int port = listeners.all().getFirst().address().getPort();
    assertThat(listeners.all())
        .extracting(Listener::address)
        .containsExactlyElementsOf(
            addresses.stream().map(address -> new InetSocketAddress(address, port)).toList());
    for (InetAddress address : addresses) {
      expectGreeting(address, port);
    }
  }

  @Test
  void bothWildcardsAreOneSocketForBothFamilies() throws Exception {
    listen(0, ALL_IPV4, ALL_IPV6);

    expectOneSocketForAll();
  }

  @Test
  void theOrderOfTheWildcardsDoesNotMatter() throws Exception {
    listen(0, ALL_IPV6, ALL_IPV4);

    expectOneSocketForAll();
  }

  @Test
  void theIpv4WildcardAloneIsNoIpv6Socket() throws Exception {
    listen(0, ALL_IPV4);

    InetSocketAddress address = listeners.all().getFirst().address();
    assertThat(address.getAddress()).isEqualTo(ALL_IPV4);
    expectGreeting(LOOPBACK, address.getPort());
    assertThatExceptionOfType(SocketException.class)
        .isThrownBy(() -> expectGreeting(Ipv6.LOOPBACK, address.getPort()));
  }

  @Test
  void anAddressGivenTwiceIsListenedOnOnce() throws Exception {
    listen(0, LOOPBACK, LOOPBACK);

    assertThat(listeners.all()).hasSize(1);
  }

  @Test
  void aPortInUseIsNamedTogetherWithItsKey() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
      int port = other.getLocalPort();

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> listen(port, LOOPBACK))
          .withMessage(
              "test cannot listen on 127.0.0.1:%d: another program has the port. Stop it, or choose"
                  + " another port with test.port.",
              port);
      assertThat(listeners.all()).isEmpty();
    }
  }

  @Test
  void aPortInUseByAnIpv4ProgramIsNotTakenFromItByTheWildcards() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, ALL_IPV4)) {
      int port = other.getLocalPort();

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> listen(port, ALL_IPV4, ALL_IPV6))
          .withMessageContaining(":" + port + ": another program has the port.");
      assertThat(listeners.all()).isEmpty();
    }
  }

  @Test
  void aPortInUseByAnIpv6ProgramDoesNotLeaveTheWildcardsWithHalfTheAddresses() throws Exception {
    assumeTrue(Ipv6.isThere(), "this machine has no IPv6");
    try (ServerSocket other = new ServerSocket(0, 1, Ipv6.LOOPBACK)) {
      int port = other.getLocalPort();

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> listen(port, ALL_IPV4, ALL_IPV6))
          .withMessageStartingWith(
              "test cannot listen on [::]:%d: another program has the port.", port);
      assertThat(listeners.all()).isEmpty();
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> listen(0, FOREIGN))
        .withMessage(
            "test cannot listen on 203.0.113.99:0: this machine does not have that address.");
  }

  @Test
  void closingEndsTheSocketsAndTheConnections() throws Exception {
    listen(0, LOOPBACK);
    int port = listeners.all().getFirst().address().getPort();
    try (Socket client = new Socket(LOOPBACK, port)) {
      client.setSoTimeout(10_000);
      assertThat(client.getInputStream().read()).isEqualTo(GREETING);

      listeners.close();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(listeners.all()).isEmpty();
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> expectGreeting(LOOPBACK, port));
  }

  @Test
  void aPortIsFreeAgainAtOnce() throws Exception {
    listen(0, LOOPBACK);
    int port = listeners.all().getFirst().address().getPort();
    expectGreeting(LOOPBACK, port);

    listeners.close();

    try (Listeners next = new Listeners()) {
      next.listen("next", bootstrap(next), List.of(LOOPBACK), port, "test.port");
      expectGreeting(LOOPBACK, port);
    }
  }

  private void expectOneSocketForAll() throws IOException {
    assertThat(listeners.all()).hasSize(1);
    InetSocketAddress address = listeners.all().getFirst().address();
    expectGreeting(LOOPBACK, address.getPort());
    if (Ipv6.isThere()) {
      assertThat(address.getAddress()).isEqualTo(ALL_IPV6);
      expectGreeting(Ipv6.LOOPBACK, address.getPort());
    } else {
      assertThat(address.getAddress()).isEqualTo(ALL_IPV4);
    }
  }

  private void listen(int port, InetAddress... addresses) throws ServerStartException {
    listeners.listen("test", bootstrap(listeners), List.of(addresses), port, "test.port");
  }

  private ServerBootstrap bootstrap(Listeners owner) {
    return new ServerBootstrap()
        .group(eventLoop)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                owner.accepted(channel);
                channel.pipeline().addLast(new Greeter());
              }
            });
  }

  private static void expectGreeting(InetAddress address, int port) throws IOException {
    try (Socket client = new Socket(address, port)) {
      client.setSoTimeout(10_000);
      assertThat(client.getInputStream().read()).isEqualTo(GREETING);
    }
  }

  private static final class Greeter extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.buffer(1).writeByte(GREETING));
    }
  }
}
