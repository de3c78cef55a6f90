package io.culvert.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.server.account.AccountStore;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.http.HttpClientSocket;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.TlsClient;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class CulvertServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @TempDir private Path data;

  /** 0x0001 for the ClientId "a". */
  private static final byte[] ONLINE = {0, 0, 0, 4, 0, 1, 1, 'a'};

  @Test
  void everyServiceListensWhenItHasStarted() throws Exception {
    try (CulvertServer server = CulvertServer.start(config())) {
      assertThat(server.listeners())
          .extracting(Listener::name)
          .containsExactly(
              "turn tcp",
              "turn tls tcp",
              "turn udp",
              "turn tls udp",
              "flow signal",
              "flow account",
              "tcppunch",
              "tcppunch tcp-a",
              "tag",
              "http");
      for (Listener listener : overTcp(server)) {
        connect(listener.address()).close();
      }
    }
  }

  @Test
  void theTagsSurviveARestart() throws Exception {
    Path key = data.resolve("tag.key");
    CulvertServer.start(config()).close();
    byte[] first = Files.readAllBytes(key);
    CulvertServer.start(config()).close();
    assertThat(key).hasBinaryContent(first);
  }

  @Test
  void whoHasAnAccountLogsInOverHttpAndIsOnline() throws Exception {
    try (AccountStore store =
        AccountStore.open(data, new StoreConfig(Optional.empty()), "culvert")) {
      store.add("alice", "secret");
    }
    String login =
        "{\"head\":{\"signalType\":1},\"body\":{\"account\":\"alice\",\"password\":\"secret\"}}";
    try (CulvertServer server = CulvertServer.start(config());
        HttpClientSocket client = new HttpClientSocket(address(server, "http"))) {
      client.send(
          "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(login.length(), login));
      JsonNode answer = JsonMapper.shared().readTree(client.read().body());
      assertThat(answer.at("/body/ssPort").intValue())
          .isEqualTo(address(server, "flow signal").getPort());
      assertThat(answer.at("/body/stunServer").stringValue())
          .isEqualTo("127.0.0.1:" + address(server, "turn tcp").getPort());
      String heartBeat =
          "{\"head\":{\"signalType\":0,\"sessionToken\":\"%s\"}}"
              .formatted(answer.at("/head/sessionToken").stringValue());
      try (Socket signal = connect(address(server, "flow signal"))) {
        send(signal, heartBeat);
        await()
            .untilAsserted(() ->
                assertThat(health(server))
                    .extractingByKey("flow")
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("online", 1)
                    .containsEntry("logged-in", 1));
      }
    }
  }

  @Test
  void whoReachesOnlyTheTlsPortLogsInThereAndIsOnlineThereAndRelaysThere() throws Exception {
    try (AccountStore store =
        AccountStore.open(data, new StoreConfig(Optional.empty()), "culvert")) {
      store.add("alice", "secret");
    }
    String login =
        "{\"head\":{\"signalType\":1},\"body\":{\"account\":\"alice\",\"password\":\"secret\"}}";
    try (CulvertServer server = CulvertServer.start(config("tls.port=0"))) {
      InetSocketAddress tls = address(server, "tls");
      try (Socket flow = TlsClient.connectFor(tls, "culvert-flow");
          HttpClientSocket https = new HttpClientSocket(TlsClient.connectFor(tls, "http/1.1"));
          Socket turn = TlsClient.connect(tls)) {
        JsonNode answer = ask(flow, login);
        https.send(
            "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(login.length(), login));
        for (JsonNode each : List.of(answer, JsonMapper.shared().readTree(https.read().body()))) {
          assertThat(each.at("/body/ssPort").intValue()).isEqualTo(tls.getPort());
          assertThat(each.at("/body/turn/urls").valueStream().map(JsonNode::stringValue))
              .contains("turns:127.0.0.1:%d?transport=tcp".formatted(tls.getPort()));
        }
        send(
            flow,
            "{\"head\":{\"signalType\":0,\"sessionToken\":\"%s\"}}"
                .formatted(answer.at("/head/sessionToken").stringValue()));
        await()
            .untilAsserted(() ->
                assertThat(health(server))
                    .extractingByKey("flow")
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("online", 1));
        ByteBuf request = Unpooled.buffer();
        new StunWriter()
            .begin(request, StunClass.REQUEST, StunMessage.BINDING, new TransactionId(1, 2));
        turn.getOutputStream().write(ByteBufUtil.getBytes(request));
        assertThat(turn.getInputStream().readNBytes(2)).containsExactly(1, 1);
      }
      try (SSLSocket coturn = TlsClient.connectFor(tls, "http/1.1", "stun.turn")) {
        assertThat(coturn.getApplicationProtocol()).isEqualTo("stun.turn");
      }
    }
  }

  @Test
  void whatIsCountedIsNotToldAtTheTlsPort() throws Exception {
    try (CulvertServer server = CulvertServer.start(config("tls.port=0"));
        HttpClientSocket https =
            new HttpClientSocket(TlsClient.connectFor(address(server, "tls"), "http/1.1"))) {
      https.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(https.read().body()).isEqualTo("{\"status\":\"ok\"}");
      https.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(https.read().body()).isEqualTo("{\"error\":\"try /health, /login\"}");
    }
  }

  private static JsonNode ask(Socket flow, String json) throws IOException {
    send(flow, json);
    byte[] length = flow.getInputStream().readNBytes(2);
    return JsonMapper.shared()
        .readTree(
            flow.getInputStream().readNBytes((length[0] & 0xff) << Byte.SIZE | (length[1] & 0xff)));
  }

  private static void send(Socket flow, String json) throws IOException {
    flow.getOutputStream().write(new byte[] {0, (byte) json.length()});
    flow.getOutputStream().write(json.getBytes(US_ASCII));
  }

  @Test
  void healthShowsWhoIsOnlineAndWhatHasBeenCounted() throws Exception {
    try (CulvertServer server = CulvertServer.start(config())) {
      assertThat(health(server))
          .containsOnlyKeys(
              "status",
              "tls",
              "dtls",
              "turn",
              "flow",
              "tcppunch",
              "tag",
              "http",
              "memory",
              "kernel");
      assertThat(health(server))
          .containsEntry("status", "ok")
          .containsEntry(
              "tcppunch",
              Map.of(
                  "online", 0,
                  "introduced", 0,
                  "introduction-refused", 0,
                  "id-taken", 0,
                  "malformed", 0,
                  "out-of-place", 0,
                  "timed-out", 0,
                  "over-limit", 0));

      try (Socket first = online(server);
          Socket second = online(server)) {
        assertThat(health(server))
            .extractingByKey("tcppunch")
            .asInstanceOf(InstanceOfAssertFactories.MAP)
            .containsEntry("online", 1)
            .containsEntry("id-taken", 1);
      }
    }
  }

  @Test
  void everyFigureOfHealthIsAMetric() throws Exception {
    try (CulvertServer server = CulvertServer.start(config("tls.port=0"))) {
      String metrics = metrics(server);

      assertThat(metrics)
          .contains("culvert_flow_online 0.0\n", "culvert_tag_registered 0.0\n")
          .contains("culvert_tcppunch_total{event=\"id-taken\"} 0.0\n")
          .contains("culvert_tls_port_total{event=\"passed-on\"} 0.0\n");
      long figures =
          health(server).values().stream()
              .filter(Map.class::isInstance)
              .mapToLong(service -> ((Map<?, ?>) service).size())
              .sum();
      assertThat(metrics.lines().filter(line -> !line.startsWith("#"))).hasSize((int) figures);
    }
  }

  /** Case 74. */
  @Test
  void aHundredThousandUsernamesAreNotALineMore() throws Exception {
    try (CulvertServer server = CulvertServer.start(config());
        DatagramSocket client = new DatagramSocket(0, LOOPBACK)) {
      long before = metrics(server).lines().count();
      client.connect(address(server, "turn udp"));
      client.setSoTimeout(10_000);
      byte[] answer = new byte[1500];
      for (int i = 0; i < 100_000; i++) {
        byte[] request = allocate("%s\r\n{user=\"" + i);
        client.send(new DatagramPacket(request, request.length));
        if (i % 50 == 0) {
          binding(client, answer); // not faster than they can be read
        }
      }

      await()
          .untilAsserted(() -> {
            String metrics = metrics(server);
            assertThat(metrics.lines().count()).isEqualTo(before);
            assertThat(refusals(metrics)).isEqualTo(100_000);
          });
    }
  }

  /** A request with that user's name, and no proof of it. */
  private static byte[] allocate(String user) {
    ByteBuf request = Unpooled.buffer();
    new StunWriter()
        .begin(request, StunClass.REQUEST, StunMessage.ALLOCATE, new TransactionId(1, 2))
        .text(AttributeType.USERNAME, user);
    return ByteBufUtil.getBytes(request);
  }

  private static void binding(DatagramSocket client, byte[] answer) throws IOException {
    ByteBuf request = Unpooled.buffer();
    new StunWriter()
        .begin(request, StunClass.REQUEST, StunMessage.BINDING, new TransactionId(1, 2));
    client.send(new DatagramPacket(ByteBufUtil.getBytes(request), request.readableBytes()));
    DatagramPacket received = new DatagramPacket(answer, answer.length);
    do {
      client.receive(received);
    } while (answer[1] != StunMessage.BINDING); // success, not a refusal
  }

  private static long refusals(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.matches("culvert_turn_total.event=\"(unauthenticated|unanswered)\".*"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String metrics(CulvertServer server) throws IOException {
    try (HttpClientSocket client = new HttpClientSocket(address(server, "http"))) {
      client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
      return client.read().body();
    }
  }

  @Test
  void whatIsDisabledNeitherListensNorShowsItsHealth() throws Exception {
    try (CulvertServer server =
        CulvertServer.start(
            config(
                "tcppunch.enabled=false",
                "signal.enabled=false",
                "tag.enabled=false",
                "turn.enabled=false"))) {
      assertThat(server.listeners()).extracting(Listener::name).containsExactly("http");
      assertThat(health(server)).containsOnlyKeys("status", "tls", "http", "memory", "kernel");
    }
  }

  @Test
  @Timeout(10)
  void closingTakesSecondsEvenWithClientsConnected() throws Exception {
    List<Socket> clients = new ArrayList<>();
    CulvertServer server = CulvertServer.start(config("tls.port=0"));
    List<Listener> listeners = overTcp(server);
    clients.add(online(server));
    for (int i = 0; i < 50; i++) {
      for (Listener listener : listeners) {
        clients.add(connect(listener.address()));
      }
    }

    server.close();

    for (Socket client : clients) {
      assertThat(isClosed(client)).isTrue();
      client.close();
    }
    for (Listener listener : listeners) {
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect(listener.address()));
    }
  }

  @Test
  void closingTwiceIsNoError() throws Exception {
    CulvertServer server = CulvertServer.start(config());

    server.close();
    server.close();
  }

  @Test
  void theSamePortsCanBeHadAgainAtOnce() throws Exception {
    CulvertServer first = CulvertServer.start(config());
    List<Listener> listeners = first.listeners();
    String[] samePorts = {
      "signal.port=" + address(first, "flow signal").getPort(),
      "account.port=" + address(first, "flow account").getPort(),
      "tcppunch.port=" + address(first, "tcppunch").getPort(),
      "tcppunch.aux-port=" + address(first, "tcppunch tcp-a").getPort(),
      "tag.port=" + address(first, "tag").getPort(),
      "turn.port=" + address(first, "turn tcp").getPort(),
      "turn.tls-port=" + address(first, "turn tls tcp").getPort(),
      "http.port=" + address(first, "http").getPort()
    };
    try (Socket client = online(first)) {
      health(first);
      first.close();

      try (CulvertServer second = CulvertServer.start(config(samePorts));
          Socket again = online(second)) {
        assertThat(second.listeners()).isEqualTo(listeners);
        assertThat(again.isConnected()).isTrue();
        assertThat(health(second)).containsKey("tcppunch");
      }
      assertThat(isClosed(client)).isTrue();
    }
  }

  @Test
  void whenOneServiceCannotStartNothingIsLeftRunning() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
      int main = freePort();
      int aux = freePort();
      ServerConfig config =
          config(
              "tcppunch.port=" + main,
              "tcppunch.aux-port=" + aux,
              "http.port=" + other.getLocalPort());

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> CulvertServer.start(config))
          .withMessageContaining("127.0.0.1:" + other.getLocalPort())
          .withMessageContaining("http.port");

      for (int port : List.of(main, aux)) {
        assertThatExceptionOfType(ConnectException.class)
            .isThrownBy(() -> connect(new InetSocketAddress(LOOPBACK, port)));
      }
      expectNoThreadsLeft();
    }
  }

  @Test
  void whenTheSecondPortCannotBeHadTheFirstIsClosed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
      int main = freePort();
      ServerConfig config =
          config("tcppunch.port=" + main, "tcppunch.aux-port=" + other.getLocalPort());

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> CulvertServer.start(config))
          .withMessageStartingWith("tcppunch tcp-a cannot listen on 127.0.0.1:")
          .withMessageContaining("tcppunch.aux-port");

      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect(new InetSocketAddress(LOOPBACK, main)));
      expectNoThreadsLeft();
    }
  }

  @Test
  void whenTheSecondAddressCannotBeHadTheFirstIsClosed() throws Exception {
    int main = freePort();
    ServerConfig config =
        config(
            "signal.enabled=false",
            "turn.enabled=false",
            "tcppunch.port=" + main,
            "listen=[\"127.0.0.1\", \"203.0.113.99\"]");

    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> CulvertServer.start(config))
        .withMessage(
            "tcppunch cannot listen on 203.0.113.99:%d: this machine does not have that address.",
            main);

    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> connect(new InetSocketAddress(LOOPBACK, main)));
    expectNoThreadsLeft();
  }

  @Test
  void closingLeavesNoThreadBehind() throws Exception {
    CulvertServer server = CulvertServer.start(config());
    assertThat(serviceThreads()).isNotEmpty();

    server.close();

    expectNoThreadsLeft();
  }

  private static List<Listener> overTcp(CulvertServer server) {
    return server.listeners().stream()
        .filter(listener -> !List.of("tag", "turn udp", "turn tls udp").contains(listener.name()))
        .toList();
  }

  private ServerConfig config(String... assignments) throws Exception {
    ConfigReader reader =
        new ConfigReader()
            .assignment("data=" + data)
            .assignment("listen=[\"127.0.0.1\"]")
            .assignment("signal.port=0")
            .assignment("account.port=0")
            .assignment("tcppunch.port=0")
            .assignment("tcppunch.aux-port=0")
            .assignment("tag.port=0")
            .assignment("turn.port=0")
            .assignment("turn.tls-port=0")
            .assignment("http.port=0");
    for (String assignment : assignments) {
      reader.assignment(assignment);
    }
    return reader.read();
  }

  private static Map<String, Object> health(CulvertServer server) throws IOException {
    try (HttpClientSocket client = new HttpClientSocket(server.listeners().getLast().address())) {
      client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
      return JsonMapper.shared().readValue(client.read().body(), new TypeReference<>() {});
    }
  }

  /** A connection that has asked to be online and has got its answer. */
  private static Socket online(CulvertServer server) throws IOException {
    Socket socket = connect(address(server, "tcppunch"));
    socket.getOutputStream().write(ONLINE);
    byte[] length = socket.getInputStream().readNBytes(4);
    assertThat(length).hasSize(4);
    assertThat(socket.getInputStream().readNBytes(length[3])).hasSize(length[3]);
    return socket;
  }

  private static InetSocketAddress address(CulvertServer server, String listener) {
    return server.listeners().stream()
        .filter(candidate -> candidate.name().equals(listener))
        .map(Listener::address)
        .findFirst()
        .orElseThrow();
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static boolean isClosed(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  /** A thread that has said it is done may take a moment to be gone. */
  private static void expectNoThreadsLeft() {
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(serviceThreads()).isEmpty());
  }

  private static List<String> serviceThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.matches("(flow|tcppunch|tag|stun|http|tls)-\\d+-\\d+|accounts-.*"))
        .toList();
  }
}
