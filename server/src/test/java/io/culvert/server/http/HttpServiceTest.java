package io.culvert.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.http.HttpClientSocket.Answer;
import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsClient;
import io.culvert.server.tls.TlsFront;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpServiceTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String GET_HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

  private final AtomicInteger asked = new AtomicInteger();
  private final ServerCertificate certificate;
  private final HttpService service;
  private final InetSocketAddress address;
  private final HttpClientSocket client;

  HttpServiceTest(@TempDir Path data) throws Exception {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    service = new HttpService(new TlsFront(certificate));
    service.listen(
        new HttpConfig(LOOPBACK, 0, Optional.empty()),
        Map.of("/health", HttpRoute.get(() -> Map.of("asked", asked.incrementAndGet()))));
    address = service.listeners().getFirst().address();
    client = new HttpClientSocket(address);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    service.close();
    certificate.close();
  }

  @Test
  void theSamePortTakesHttps() throws Exception {
    try (HttpClientSocket encrypted = new HttpClientSocket(TlsClient.connect(address))) {
      for (int i = 1; i <= 3; i++) {
        encrypted.send(GET_HEALTH);
        assertThat(encrypted.read().body()).isEqualTo("{\"asked\":" + i + "}");
      }
    }
  }

  @Test
  void healthIsJsonThatNobodyKeeps() throws Exception {
    client.send(GET_HEALTH);

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"asked\":1}");
    assertThat(answer.head())
        .contains("content-type: application/json\r\n", "cache-control: no-store\r\n")
        .doesNotContain("connection: close");
  }

  @Test
  void healthIsAskedForAnewEachTimeOnTheSameConnection() throws Exception {
    for (int i = 1; i <= 3; i++) {
      client.send(GET_HEALTH);
      assertThat(client.read().body()).isEqualTo("{\"asked\":" + i + "}");
    }
  }

  @Test
  void headIsGetWithoutTheBody() throws Exception {
    client.send("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n");
    Answer head = client.readHead();
    client.send(GET_HEALTH);
    Answer get = client.read();

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.head()).isEqualTo(get.head());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health?", "/health?verbose=1"})
  void aQueryDoesNotMatter(String uri) throws Exception {
    client.send("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(client.read().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/health/", "/healthy", "/Health", "/../health", "*", "/%"})
  void thereIsNothingElse(String uri) throws Exception {
    client.send("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n");

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"error\":\"try /health\"}");
    assertThat(asked).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "BREW"})
  void nothingCanBeDoneToHealth(String method) throws Exception {
    client.send(method + " /health HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");

    Answer answer = client.read();

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.head()).contains("\r\nallow: get, head\r\n");
    assertThat(answer.body()).isEqualTo("{\"error\":\"only GET\"}");
    assertThat(asked).hasValue(0);
    client.send(GET_HEALTH);
    assertThat(client.read().status()).isEqualTo(200);
  }

  @Test
  void requestsThatArriveTogetherAreAnsweredInOrder() throws Exception {
    client.send(GET_HEALTH + "GET /other HTTP/1.1\r\nHost: x\r\n\r\n" + GET_HEALTH);

    assertThat(client.read().body()).isEqualTo("{\"asked\":1}");
    assertThat(client.read().status()).isEqualTo(404);
    assertThat(client.read().body()).isEqualTo("{\"asked\":2}");
  }

  @Test
  void everyByteApartARequestIsTheSame() throws Exception {
    for (int i = 0; i < GET_HEALTH.length(); i++) {
      client.send(GET_HEALTH.substring(i, i + 1));
    }

    assertThat(client.read().status()).isEqualTo(200);
  }

  @Test
  void aClientThatWantsToCloseIsClosed() throws Exception {
    client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(client.read().head()).contains("connection: close");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void anOldClientIsAnsweredAndClosed() throws Exception {
    client.send("GET /health HTTP/1.0\r\n\r\n");

    assertThat(client.read().status()).isEqualTo(200);
    assertThat(client.isClosed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000\u0001\u0002\u0003\r\n\r\n",
        "hello\r\n\r\n",
        "GET /health\r\nHost x\r\n\r\n",
        "POST /health HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
      })
  void whatIsNoRequestIsRefusedAndClosed(String text) throws Exception {
    client.send(text);

    assertThat(client.read().status()).isEqualTo(400);
    assertThat(client.isClosed()).isTrue();
    assertThat(asked).hasValue(0);
  }

  @Test
  void aLineThatDoesNotEndIsRefusedAndClosed() throws Exception {
    client.send("GET /" + "x".repeat(5000));

    assertThat(client.read().status()).isEqualTo(400);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void headersThatDoNotEndAreRefusedAndClosed() throws Exception {
    client.send("GET /health HTTP/1.1\r\n" + "X-Long: 0123456789abcdef\r\n".repeat(400));

    assertThat(client.read().status()).isEqualTo(400);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void aRequestThatIsTooLargeIsRefused() throws Exception {
    client.send("POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 8193\r\n\r\n");

    assertThat(client.read().status()).isEqualTo(413);
  }

  @Test
  void randomBytesCauseNoErrorOfOurs() throws Exception {
    Random random = new Random(3380);
    String alphabet = "GET /health HTTP/1.1\r\n\r\n: Content-Length 0123456789 chunked;";
    try (ErrorLog log = new ErrorLog()) {
      for (int i = 0; i < 200; i++) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? GET_HEALTH : "");
        for (int length = random.nextInt(500); length > 0; length--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        try (HttpClientSocket stranger = new HttpClientSocket(address)) {
          stranger.send(text.toString());
        }
      }

      client.send(GET_HEALTH);
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void aClientThatSaysNothingIsClosedAfterTenSeconds() throws Exception {
    ChannelFrom silent = connect();

    silent.pass(Duration.ofMillis(9_999));
    assertThat(silent.isOpen()).isTrue();
    silent.pass(Duration.ofMillis(1));

    assertThat(silent.isOpen()).isFalse();
  }

  @Test
  void tricklingBytesBuysNoTime() throws Exception {
    ChannelFrom slow = connect();

    for (int i = 0; i < 9; i++) {
      slow.pass(Duration.ofSeconds(1));
      receive(slow, GET_HEALTH.substring(i, i + 1));
    }
    slow.pass(Duration.ofMillis(999));
    assertThat(slow.isOpen()).isTrue();
    slow.pass(Duration.ofMillis(1));

    assertThat(slow.isOpen()).isFalse();
  }

  @Test
  void aClientThatAsksAgainInTimeStaysConnected() throws Exception {
    ChannelFrom regular = connect();

    for (int i = 0; i < 10; i++) {
      regular.pass(Duration.ofSeconds(9));
      receive(regular, GET_HEALTH);
      ByteBuf answer = regular.readOutbound();
      assertThat(answer.toString(CharsetUtil.US_ASCII)).startsWith("HTTP/1.1 200 OK");
      answer.release();
      regular.releaseOutbound();
    }

    assertThat(regular.isOpen()).isTrue();
    regular.finishAndReleaseAll();
  }

  @Test
  void aClientThatDoesNotReadTheAnswersIsClosed() {
    String many = GET_HEALTH.repeat(1000);

    assertThatExceptionOfType(SocketException.class)
        .isThrownBy(() -> {
          for (int i = 0; i < 2000; i++) {
            client.send(many);
          }
        });
  }

  @Test
  void aPortInUseIsNamedWithItsKey() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
      HttpConfig config = new HttpConfig(LOOPBACK, other.getLocalPort(), Optional.empty());

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> service.listen(config, Map.of()))
          .withMessage(
              "http cannot listen on 127.0.0.1:%d: another program has the port. Stop it, or choose"
                  + " another port with http.port.",
              other.getLocalPort());
    }
  }

  @Test
  void closingEndsEveryConnection() throws Exception {
    client.send(GET_HEALTH);
    client.read();

    service.close();

    assertThat(client.isClosed()).isTrue();
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new HttpClientSocket(address));
  }

  @Test
  void whatListensIsNamed() {
    assertThat(service.listeners()).extracting(Listener::name).containsExactly("http");
  }

  private static ChannelFrom connect() throws Exception {
    return new ChannelFrom(
        new InetSocketAddress("203.0.113.7", 6000),
        HttpService.handlers(new TreeMap<>(Map.of("/health", HttpRoute.get(Map::of)))));
  }

  private static void receive(ChannelFrom channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, CharsetUtil.US_ASCII));
  }
}
