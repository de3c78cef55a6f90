package io.culvert.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.HttpProxy;
import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.net.TestAuthority.Identity;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerConnectException.Reason;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Plain;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** To a server directly, or through a proxy. */
@Timeout(60)
class DetourTest {
  private static final String NAME = "server.test";

  /** The first byte of TLS. */
  private static final int CLIENT_HELLO = 0x16;

  private final EventLoopGroup loops = Transport.best().eventLoops(1, "detour-test");
  private final TestAuthority authority = new TestAuthority();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  DetourTest() throws Exception {}

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void whoCanBeReachedDirectlyIs() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.ECHO);
        TestProxy proxy = TestProxy.to(server.as(NAME))) {
      Dialed dialed = dial(server.as(NAME), proxy.proxy(), TlsPolicy.NONE, new FirstUse()).get();
      expectEcho(dialed);
      Thread.sleep(ServerDialer.DETOUR.plusMillis(200));
      assertThat(proxy.asked()).isEmpty();
    }
  }

  @Test
  void whoCannotIsReachedThroughTheProxy() throws Exception {
    InetSocketAddress nowhere = nowhere();
    try (TestServer server = TestServer.plain(TestServer.ECHO);
        TestProxy proxy = TestProxy.to(server.as(NAME))) {
      Dialed dialed = dial(nowhere, proxy.proxy(), TlsPolicy.NONE, new FirstUse()).get();
      assertThat(dialed.security()).isEqualTo(new Plain());
      expectEcho(dialed);
      assertThat(proxy.asked())
          .containsExactly("CONNECT server.test:" + nowhere.getPort() + " HTTP/1.1");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REQUIRED", "PREFERRED"})
  void theServerProvesWhoItIsThereToo(TlsPolicy policy) throws Exception {
    Identity identity = authority.vouchFor(NAME);
    try (TestServer server = TestServer.encrypted(identity);
        TestProxy proxy = TestProxy.to(server.as(NAME))) {
      Dialed dialed = dial(nowhere(), proxy.proxy(), policy, new Authorities()).get();
      assertThat(dialed.security())
          .isEqualTo(
              new Encrypted(Fingerprint.of(identity.chain().getFirst()), Verification.AUTHORITY));
      expectEcho(dialed);
    }
  }

  @Test
  void aProxyThatLeadsToAnotherServerIsFoundOut() throws Exception {
    try (TestServer server = TestServer.encrypted(authority.vouchFor("other.test"));
        TestProxy proxy = TestProxy.to(server.as(NAME))) {
      expectFailure(
          dial(nowhere(), proxy.proxy(), TlsPolicy.PREFERRED, new Authorities()),
          Reason.NOT_TRUSTED,
          "it is for another name");
    }
  }

  @Test
  void aServerThatSpeaksPlainlyIsSpokenToPlainlyThroughTheProxy() throws Exception {
    TestServer.Behaviour knowsNoTls =
        connection -> {
          int first = connection.getInputStream().read();
          if (first != CLIENT_HELLO) {
            connection.getOutputStream().write(first);
            TestServer.ECHO.on(connection);
          }
        };
    try (TestServer server = TestServer.plain(knowsNoTls);
        TestProxy proxy = TestProxy.to(server.as(NAME))) {
      expectEcho(dial(nowhere(), proxy.proxy(), TlsPolicy.PREFERRED, new FirstUse()).get());
    }
  }

  @Test
  void aServerThatIsSilentIsReachedThroughTheProxyMeanwhile() throws Exception {
    // Nothing comes back from there: the port's queue is full.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        TestServer server = TestServer.plain(TestServer.ECHO);
        TestProxy proxy = TestProxy.to(server.as(NAME))) {
      InetSocketAddress silent = (InetSocketAddress) full.getLocalSocketAddress();
      try (java.nio.channels.SocketChannel one = fill(silent);
          java.nio.channels.SocketChannel two = fill(silent);
          java.nio.channels.SocketChannel three = fill(silent)) {
        assertThat(one.isOpen() && two.isOpen() && three.isOpen()).isTrue();
        expectEcho(dial(silent, proxy.proxy(), TlsPolicy.NONE, new FirstUse()).get());
      }
    }
  }

  @Test
  void whereNeitherWorksBothReasonsAreSaid() throws Exception {
    InetSocketAddress nobody = nowhere();
    HttpProxy none =
        new HttpProxy(new ServerAddress("127.0.0.1", nobody.getPort()), Optional.empty());
    expectFailure(
        dial(nowhere(), none, TlsPolicy.NONE, new FirstUse()),
        Reason.UNREACHABLE,
        "connection refused. The proxy http://127.0.0.1:%d cannot be reached: connection refused."
            .formatted(nobody.getPort()));
  }

  /** Where nothing answers directly, which is why there is a proxy, that would take its time. */
  @Test
  void whatAProxyHasAgainstItIsSaidLongBeforeASilentServerIsGivenUp() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        TestServer proxy =
            TestServer.plain(connection -> {
              connection.getOutputStream().write("HTTP/1.1 407 No\r\n\r\n".getBytes(US_ASCII));
              TestServer.SILENCE.on(connection);
            })) {
      InetSocketAddress silent = (InetSocketAddress) full.getLocalSocketAddress();
      List<SocketChannel> waiting = List.of(fill(silent), fill(silent), fill(silent));
      HttpProxy strict =
          new HttpProxy(new ServerAddress("127.0.0.1", proxy.as(NAME).getPort()), Optional.empty());

      CompletableFuture<Dialed> dialed =
          new ServerDialer(
                  loops.next(), Proxies.by(strict), ApplicationProtocol.FLOW, authority.trusted())
              .dial(silent, TlsPolicy.NONE, new FirstUse(), Duration.ofDays(1), _ -> {});

      expectFailure(dialed, Reason.UNREACHABLE, "wants user and password");
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void whoeverGivesUpLeavesNoConnectionBehind() throws Exception {
    BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    try (TestServer proxy =
        TestServer.plain(connection -> {
          ended.add(connection.getInputStream().read());
          TestServer.SILENCE.on(connection);
          ended.add(-1);
        })) {
      HttpProxy deaf =
          new HttpProxy(new ServerAddress("127.0.0.1", proxy.as(NAME).getPort()), Optional.empty());
      CompletableFuture<Dialed> dialed = dial(nowhere(), deaf, TlsPolicy.NONE, new FirstUse());
      assertThat(ended.take()).isEqualTo('C');
      dialed.cancel(false);
      assertThat(ended.take()).isEqualTo(-1);
    }
  }

  @Test
  void aServerIsReachedAtWhicheverOfItsAddressesAnswers() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestServer server = TestServer.plain(TestServer.ECHO)) {
      InetSocketAddress full = (InetSocketAddress) silent.getLocalSocketAddress();
      List<SocketChannel> waiting = List.of(fill(full), fill(full), fill(full));
      Dialed dialed = dial(List.of(nowhere(), full, server.as(NAME))).get();
      assertThat(dialed.server()).isEqualTo(server.as(NAME));
      expectEcho(dialed);
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void whereNoneDoesAllAreNamed() throws Exception {
    InetSocketAddress one = nowhere();
    InetSocketAddress other = nowhere();
    CompletableFuture<Dialed> dialed = dial(List.of(one, other));
    expectFailure(dialed, Reason.UNREACHABLE, "server.test:%d cannot".formatted(one.getPort()));
    expectFailure(dialed, Reason.UNREACHABLE, "server.test:%d cannot".formatted(other.getPort()));
  }

  private CompletableFuture<Dialed> dial(List<InetSocketAddress> addresses) {
    return new ServerDialer(loops.next(), Proxies.none(), ApplicationProtocol.FLOW)
        .dial(
            addresses,
            TlsPolicy.NONE,
            new FirstUse(),
            Duration.ofSeconds(10),
            pipeline -> pipeline.addLast(new Receiver()));
  }

  private static SocketChannel fill(InetSocketAddress port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.connect(port);
    return channel;
  }

  private CompletableFuture<Dialed> dial(
      InetSocketAddress server, HttpProxy proxy, TlsPolicy policy, ServerTrust trust)
      throws Exception {
    return new ServerDialer(
            loops.next(), Proxies.by(proxy), ApplicationProtocol.FLOW, authority.trusted())
        .dial(
            server,
            policy,
            trust,
            Duration.ofSeconds(10),
            pipeline -> pipeline.addLast(new Receiver()));
  }

  private void expectEcho(Dialed dialed) throws Exception {
    dialed.channel().writeAndFlush(Unpooled.copiedBuffer("h", US_ASCII));
    assertThat(received.take()).isEqualTo("h");
    dialed.channel().close().sync();
  }

  private static void expectFailure(
      CompletableFuture<Dialed> dialed, Reason reason, String sentence) {
    assertThatThrownBy(dialed::get)
        .cause()
        .isInstanceOfSatisfying(
            ServerConnectException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(sentence);
  }

  /** A port of the server at which nobody listens. */
  private static InetSocketAddress nowhere() throws IOException {
    byte[] loopback = {127, 0, 0, 1};
    try (ServerSocket socket = new ServerSocket(0)) {
      return new InetSocketAddress(InetAddress.getByAddress(NAME, loopback), socket.getLocalPort());
    }
  }

  private final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      received.add(message.toString(US_ASCII));
    }
  }
}
