package io.culvert.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.Counters;
import io.culvert.server.net.TcpService;
import io.culvert.wire.ApplicationProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsFrontTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("203.0.113.7", 6000);
  private static final Duration SECONDS = Duration.ofSeconds(10);

  @TempDir private static Path dir;

  private final Path file = dir.resolve("both.pem");
  private final TcpService<TlsCounter> service =
      new TcpService<>(
          "tls-test",
          100,
          WriteBufferWaterMark.DEFAULT,
          new Counters<>(TlsCounter.class),
          TlsCounter.FAILED);
  private ServerCertificate certificate;
  private TlsFront front;
  private InetSocketAddress address;

  @BeforeEach
  void startAnEchoServer() throws Exception {
    TestCertificate.ec().replace(file);
    certificate = ServerCertificate.start(new TlsConfig(Optional.of(file), Optional.of(file)), dir);
    front = new TlsFront(certificate);
    service.listen(
        "echo",
        List.of(InetAddress.ofLiteral("127.0.0.1")),
        0,
        "echo.port",
        pipeline -> pipeline.addLast(front.handler(ApplicationProtocol.FLOW), new Echo()));
    address = service.listeners().getFirst().address();
  }

  @AfterEach
  void stop() {
    service.close();
    certificate.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aClientThatBeginsWithTlsIsDecrypted(String protocol) throws Exception {
    try (SSLSocket client = TlsClient.connect(address, protocol)) {
      assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
      expectEcho(client, "hello");
      assertThat(front.counters()).containsEntry(TlsCounter.ESTABLISHED, 1L);
    }
  }

  @Test
  void anyOtherClientSpeaksPlainly() throws Exception {
    for (String hello : List.of("GET / HTTP/1.1\r\n", "\0\2{}", "\26\3{\"head\"", "\26\4", "\1")) {
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        client.setSoTimeout(10_000);
        expectEcho(client, hello);
      }
    }
    assertThat(front.counters()).allSatisfy((counter, count) -> assertThat(count).isZero());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"16037b22", "16030a7b", "1603097b", "16030920", "1602", "1500", "00", "ff"})
  void noByteIsLostHoweverThePlainBeginningIsCut(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    ChannelFrom apart = channel();
    for (byte b : bytes) {
      apart.writeInbound(Unpooled.buffer().writeByte(b));
    }
    assertThat(echoed(apart)).isEqualTo(hex);
    ChannelFrom together = channel();
    together.writeInbound(Unpooled.copiedBuffer(bytes));
    assertThat(echoed(together)).isEqualTo(hex);
    assertThat(together.pipeline().names()).hasSize(2); // the echo and the tail
  }

  @Test
  void aBeginningThatMayBecomeTlsIsGivenTenSeconds() throws Exception {
    for (String hex : List.of("16", "1603", "160301", "16030100ff0100")) {
      long failed = failed();
      ChannelFrom slow = channel();
      slow.writeInbound(Unpooled.copiedBuffer(HexFormat.of().parseHex(hex)));
      slow.pass(Duration.ofMillis(9_999));
      assertThat(slow.isOpen()).as(hex).isTrue();
      slow.pass(Duration.ofMillis(1));
      assertThat(slow.isOpen()).as(hex).isFalse();
      assertThat(failed()).as(hex).isEqualTo(failed + 1);
    }
  }

  @Test
  void aPlainBeginningEndsTheWaitForTls() throws Exception {
    ChannelFrom plain = channel();
    plain.writeInbound(Unpooled.buffer().writeByte(0x16));
    plain.pass(Duration.ofSeconds(9));
    plain.writeInbound(Unpooled.buffer().writeByte('x'));
    plain.pass(Duration.ofSeconds(100));

    assertThat(plain.isOpen()).isTrue();
    assertThat(echoed(plain)).isEqualTo("1678");
    assertThat(failed()).isZero();
  }

  @Test
  void handshakesThatFailAreCountedAndNotLogged() throws Exception {
    try (ErrorLog log = new ErrorLog()) {
      assertThatThrownBy(() -> TlsClient.connect(address, "TLSv1.1"))
          .isInstanceOf(SSLException.class);
      Random random = new Random(5349);
      for (int i = 0; i < 100; i++) {
        byte[] noise = new byte[3 + random.nextInt(500)];
        random.nextBytes(noise);
        noise[0] = 0x16;
        noise[1] = 3;
        noise[2] = (byte) random.nextInt(5);
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
          client.setSoTimeout(10_000);
          client.getOutputStream().write(noise);
          client.shutdownOutput();
          client.getInputStream().readAllBytes();
        } catch (SocketException e) {
          assertThat(e).as("the server's way to close").hasMessageMatching(".*(reset|pipe).*");
        }
      }
      // The JDK refuses TLS 1.1 before it says anything, unless it is told otherwise.
      await().atMost(SECONDS).until(() -> failed() >= 100);
      try (SSLSocket client = TlsClient.connect(address)) {
        expectEcho(client, "hello");
      }
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void aBrokenRecordEndsAnEncryptedConnection() throws Exception {
    try (ErrorLog log = new ErrorLog();
        Socket below = new Socket(address.getAddress(), address.getPort());
        SSLSocket client = TlsClient.over(below)) {
      expectEcho(client, "hello");
      below.getOutputStream().write(new byte[] {0x17, 3, 3, 0, 20});
      below.getOutputStream().write(new byte[20]);

      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      await()
          .atMost(SECONDS)
          .untilAsserted(() ->
              assertThat(front.counters())
                  .containsEntry(TlsCounter.BROKEN, 1L)
                  .containsEntry(TlsCounter.FAILED, 0L));
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void aNewCertificateIsShownToNewConnectionsAndHurtsNoOldOne() throws Exception {
    try (SSLSocket old = TlsClient.connect(address)) {
      expectEcho(old, "before");
      var before = old.getSession().getPeerCertificates()[0];

      TestCertificate next = TestCertificate.ec();
      next.replace(file);
      certificate.look();
      certificate.look();

      try (SSLSocket fresh = TlsClient.connect(address)) {
        assertThat(fresh.getSession().getPeerCertificates()[0])
            .isEqualTo(next.certificate())
            .isNotEqualTo(before);
      }
      expectEcho(old, "after");
    }
  }

  private long failed() {
    return front.counters().getOrDefault(TlsCounter.FAILED, 0L);
  }

  private ChannelFrom channel() throws Exception {
    return new ChannelFrom(CLIENT, front.handler(ApplicationProtocol.FLOW), new Echo());
  }

  private static String echoed(ChannelFrom channel) {
    StringBuilder hex = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      while (next.isReadable()) {
        hex.append("%02x".formatted(next.readByte()));
      }
      next.release();
    }
    return hex.toString();
  }

  private static void expectEcho(Socket client, String text) throws IOException {
    byte[] bytes = text.getBytes(US_ASCII);
    client.getOutputStream().write(bytes);
    assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  /** Any exception that comes this far would be one of our own. */
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!(cause instanceof IOException) || cause instanceof SSLException) {
        org.slf4j.LoggerFactory.getLogger(Echo.class).error("this must not come here", cause);
      }
      ctx.close();
    }
  }
}
