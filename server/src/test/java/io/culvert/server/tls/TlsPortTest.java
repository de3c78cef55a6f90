package io.culvert.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.Counters;
import io.culvert.server.net.TcpService;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two services with ports of their own, and a port that leads to both. */
@Timeout(60)
class TlsPortTest {
  private static final List<InetAddress> HERE = List.of(InetAddress.ofLiteral("127.0.0.1"));
  private static final Duration SECONDS = Duration.ofSeconds(10);
  private static final int MOST_OF_FLOW = 3;
  private static final int MOST_UNDECIDED = 1024;

  private enum Counter {
    OVER_LIMIT
  }

  private final Counters<Counter> counters = new Counters<>(Counter.class);
  private final TcpService<Counter> flow =
      new TcpService<>(
          "test-flow",
          MOST_OF_FLOW,
          new WriteBufferWaterMark(16 << 10, 72 << 10),
          counters,
          Counter.OVER_LIMIT);
  private final TcpService<Counter> turn =
      new TcpService<>(
          Transport.best().eventLoops(2, "test-turn"),
          100,
          WriteBufferWaterMark.DEFAULT,
          counters,
          Counter.OVER_LIMIT);
  private final AtomicInteger open = new AtomicInteger();
  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private final ServerCertificate certificate;
  private final TlsFront tls;
  private final TlsPort port;
  private final InetSocketAddress address;

  TlsPortTest(@TempDir Path data) throws Exception {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    tls = new TlsFront(certificate);
    flow.listen(
        "flow",
        HERE,
        0,
        "flow.port",
        pipeline -> pipeline.addLast(tls.handler(ApplicationProtocol.FLOW), new Service("flow")));
    port =
        TlsPort.start(
            HERE,
            0,
            Map.of(
                ApplicationProtocol.FLOW,
                flow.entrance(pipeline ->
                    pipeline.addLast(tls.handler(ApplicationProtocol.FLOW), new Service("flow"))),
                ApplicationProtocol.TURN,
                turn.entrance(pipeline ->
                    pipeline.addLast(tls.handler(ApplicationProtocol.TURN), new Service("turn")))));
    address = port.listeners().getFirst().address();
  }

  @AfterEach
  void stop() {
    port.close();
    flow.close();
    turn.close();
    certificate.close();
  }

  @Test
  void whatTheClientNamesIsWhereItGetsAndIsConfirmed() throws Exception {
    try (SSLSocket flows = TlsClient.connectFor(address, "culvert-flow");
        SSLSocket turns = TlsClient.connectFor(address, "stun.turn")) {
      assertThat(flows.getApplicationProtocol()).isEqualTo("culvert-flow");
      assertThat(greeting(flows)).isEqualTo("flow");
      assertThat(turns.getApplicationProtocol()).isEqualTo("stun.turn");
      assertThat(greeting(turns)).isEqualTo("turn");
    }
    assertThat(port.counters()).containsEntry(TlsPortCounter.PASSED_ON, 2L);
    assertThat(tls.counters()).containsEntry(TlsCounter.ESTABLISHED, 2L);
  }

  @Test
  void whoNamesNothingGetsToTurn() throws Exception {
    for (String version : List.of("TLSv1.3", "TLSv1.2")) {
      try (SSLSocket client = TlsClient.connect(address, version)) {
        assertThat(client.getApplicationProtocol()).isEmpty();
        assertThat(greeting(client)).isEqualTo("turn");
      }
    }
  }

  @Test
  void ofSeveralNamesTheChoiceIsOurs() throws Exception {
    try (SSLSocket client =
        TlsClient.connectFor(address, "http/1.1", "stun.turn", "stun.nat-discovery")) {
      assertThat(client.getApplicationProtocol()).isEqualTo("stun.turn");
      assertThat(greeting(client)).isEqualTo("turn");
    }
    try (SSLSocket client = TlsClient.connectFor(address, "stun.turn", "culvert-flow")) {
      assertThat(client.getApplicationProtocol()).isEqualTo("culvert-flow");
      assertThat(greeting(client)).isEqualTo("flow");
    }
  }

  @Test
  void whoNamesOnlyWhatThereIsNotIsRefused() {
    for (String name : List.of("h2", "http/1.1", "CULVERT-FLOW")) {
      assertThatThrownBy(() -> TlsClient.connectFor(address, name))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("no_application_protocol");
    }
    assertThat(port.counters()).containsEntry(TlsPortCounter.NO_SERVICE, 3L);
  }

  @Test
  void atAServicesOwnPortNamesDoNotMatter() throws Exception {
    InetSocketAddress own = flow.listeners().getFirst().address();
    try (SSLSocket unknown = TlsClient.connectFor(own, "h2", "stun.turn");
        SSLSocket known = TlsClient.connectFor(own, "h2", "culvert-flow")) {
      assertThat(unknown.getApplicationProtocol()).isEmpty();
      assertThat(greeting(unknown)).isEqualTo("flow");
      assertThat(known.getApplicationProtocol()).isEqualTo("culvert-flow");
      assertThat(greeting(known)).isEqualTo("flow");
    }
  }

  @Test
  void whatIsNoTlsIsClosed() throws Exception {
    for (String hello : List.of("GET / HTTP/1.1\r\n\r\n", "\0\2{}", "\0\1\0\0!")) {
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        client.setSoTimeout(10_000);
        client.getOutputStream().write(hello.getBytes(US_ASCII));
        expectEnd(client);
      }
    }
    assertThat(port.counters()).containsEntry(TlsPortCounter.MALFORMED, 3L);
  }

  @Test
  void eachByteOfTheBeginningMayComeAlone() throws Exception {
    byte[] hello = Hello.naming("culvert-flow");
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      client.setTcpNoDelay(true);
      client.setSoTimeout(10_000);
      for (byte each : hello) {
        client.getOutputStream().write(each);
      }
      assertThat(client.getInputStream().read()).as("a record of a handshake").isEqualTo(0x16);
    }
  }

  @Test
  void muchGoesBothWaysOnTheLoopOfTheService() throws Exception {
    byte[] much = new byte[20 << 20];
    new Random(443).nextBytes(much);
    for (String protocol : List.of("culvert-flow", "stun.turn")) {
      try (SSLSocket client = TlsClient.connectFor(address, protocol)) {
        greeting(client);
        CompletableFuture<byte[]> echoed =
            CompletableFuture.supplyAsync(() -> read(client, much.length));
        client.getOutputStream().write(much);
        assertThat(Arrays.equals(echoed.get(), much)).as(protocol).isTrue();
      }
    }
    assertThat(threads).hasSizeBetween(2, 3).allMatch(name -> name.matches("test-(flow|turn)-.*"));
  }

  @Test
  void whoComesThisWayCountsAtItsService() throws Exception {
    List<Socket> some = new ArrayList<>();
    InetSocketAddress own = flow.listeners().getFirst().address();
    some.add(new Socket(own.getAddress(), own.getPort()));
    for (int i = 1; i < MOST_OF_FLOW; i++) {
      some.add(TlsClient.connectFor(address, "culvert-flow"));
    }

    assertThatThrownBy(() -> TlsClient.connectFor(address, "culvert-flow"))
        .isInstanceOfAny(SSLException.class, SocketException.class);
    assertThat(counters.snapshot()).containsEntry(Counter.OVER_LIMIT, 1L);
    TlsClient.connectFor(address, "stun.turn").close();

    some.removeLast().close();
    await()
        .atMost(SECONDS)
        .ignoreExceptions()
        .until(() -> some.add(TlsClient.connectFor(address, "culvert-flow")));
    for (Socket each : some) {
      each.close();
    }
  }

  @Test
  void anAddressHas1024WhoHaveNotSaidWhatTheyWantAndThoseWhoHaveDoNotCount() throws Exception {
    List<Socket> some = new ArrayList<>();
    some.add(TlsClient.connectFor(address, "stun.turn"));
    for (int i = 0; i < MOST_UNDECIDED; i++) {
      some.add(new Socket(address.getAddress(), address.getPort()));
    }
    try (Socket tooMany = new Socket(address.getAddress(), address.getPort())) {
      tooMany.setSoTimeout(10_000);
      expectEnd(tooMany);
    }
    assertThat(port.counters())
        .containsEntry(TlsPortCounter.OVER_LIMIT, 1L)
        .containsEntry(TlsPortCounter.PASSED_ON, 1L);

    some.removeLast().close();
    await()
        .atMost(SECONDS)
        .ignoreExceptions()
        .until(() -> some.add(TlsClient.connectFor(address, "stun.turn")));
    for (Socket each : some) {
      each.close();
    }
  }

  @Test
  void whoIsGoneBeforeItIsAnsweredLeavesNothingBehind() throws Exception {
    byte[] hello = Hello.naming("stun.turn");
    try (ErrorLog log = new ErrorLog()) {
      for (int i = 0; i < 200; i++) {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
          client.setSoLinger(i % 2 == 0, 0);
          client.getOutputStream().write(hello);
        }
      }
      await()
          .atMost(SECONDS)
          .untilAsserted(() -> {
            assertThat(port.counters().get(TlsPortCounter.PASSED_ON)).isGreaterThanOrEqualTo(100);
            assertThat(open).hasValue(0);
          });
      try (SSLSocket client = TlsClient.connectFor(address, "stun.turn")) {
        assertThat(greeting(client)).isEqualTo("turn");
      }
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void closingAServiceEndsWhoHasComeThisWayAndWhoStillComes() throws Exception {
    try (SSLSocket client = TlsClient.connectFor(address, "stun.turn")) {
      greeting(client);

      turn.close();

      expectEnd(client);
    }
    assertThatThrownBy(() -> TlsClient.connectFor(address, "stun.turn"))
        .isInstanceOfAny(SSLException.class, SocketException.class);
  }

  @Test
  void closingThePortDoesNotEndWhoHasComeThisWay() throws Exception {
    try (SSLSocket client = TlsClient.connectFor(address, "stun.turn")) {
      greeting(client);

      port.close();

      client.getOutputStream().write('x');
      assertThat(client.getInputStream().read()).isEqualTo('x');
    }
  }

  private static String greeting(SSLSocket client) throws Exception {
    return new String(client.getInputStream().readNBytes(4), US_ASCII);
  }

  private static byte[] read(SSLSocket client, int length) {
    try {
      return client.getInputStream().readNBytes(length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void expectEnd(Socket client) throws Exception {
    try (InputStream in = client.getInputStream()) {
      assertThat(in.read()).isEqualTo(-1);
    } catch (SocketException reset) {
      assertThat(reset).hasMessageMatching(".*(reset|pipe).*");
    }
  }

  /** Says its name, and then everything that it hears, while that is read. */
  private final class Service extends ChannelInboundHandlerAdapter {
    private final String name;

    Service(String name) {
      this.name = name;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      open.incrementAndGet();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      open.decrementAndGet();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
        ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), name));
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      threads.add(Thread.currentThread().getName());
      ctx.writeAndFlush(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
