package io.culvert.server.turn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.config.TurnConfig;
import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.Ipv6;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.auth.NoUsers;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TurnServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration SECONDS = Duration.ofSeconds(10);

  @TempDir private static Path data;
  private static ServerCertificate certificate;

  private final TurnServer server = start(List.of(LOOPBACK), turn(0));
  private final InetSocketAddress address = server.listeners().getFirst().address();

  TurnServerTest() throws Exception {}

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @AfterAll
  static void closeCertificate() {
    certificate.close();
  }

  @Test
  void bothTransportsListenOnTheSamePort() {
    assertThat(server.listeners())
        .containsExactly(
            new Listener("turn tcp", address),
            new Listener("turn tls tcp", new InetSocketAddress(LOOPBACK, server.tlsPort())),
            new Listener("turn udp", address),
            new Listener("turn tls udp", new InetSocketAddress(LOOPBACK, server.tlsPort())));
  }

  @Test
  void aDatagramIsToldWhereItCameFrom() throws Exception {
    try (DatagramSocket client = client(address)) {
      byte[] answer = ask(client, StunBytes.REQUEST);
      assertThat(answer).hasSize(32);
      assertThat(mapped(answer)).isEqualTo(client.getLocalSocketAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::1"})
  void aPublicAddressThatNobodyCanBeReachedAtIsNamed(String publicIp) {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() ->
            TurnServer.start(
                List.of(LOOPBACK),
                Optional.of(InetAddress.ofLiteral(publicIp)),
                turn(0),
                new Credentials(TurnStream.REALM, new Everybody()),
                new TlsFront(certificate),
                certificate))
        .withMessageStartingWith("public-ip: ");
  }

  @Test
  void anIpv4ClientIsOneOnASocketForBothFamilies() throws Exception {
    List<InetAddress> all = List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::"));
    try (TurnServer everywhere = start(all, turn(0))) {
      int port = everywhere.listeners().getLast().address().getPort();
      try (DatagramSocket client = client(new InetSocketAddress(LOOPBACK, port));
          Socket stream = connect(new InetSocketAddress(LOOPBACK, port))) {
        assertThat(ask(client, StunBytes.REQUEST)).hasSize(32);
        assertThat(ask(stream, StunBytes.REQUEST, 32)).hasSize(32);
      }
      assumeTrue(Ipv6.isThere(), "this machine has no IPv6");
      try (DatagramSocket client = client(new InetSocketAddress(Ipv6.LOOPBACK, port))) {
        byte[] answer = ask(client, StunBytes.REQUEST);
        assertThat(answer).hasSize(44);
        assertThat(mapped(answer)).isEqualTo(client.getLocalSocketAddress());
      }
    }
  }

  @Test
  void theAnswerLeavesThroughTheSocketThatWasAsked() throws Exception {
    InetAddress second = InetAddress.ofLiteral("127.0.0.2");
    try (TurnServer two = start(List.of(LOOPBACK, second), turn(0))) {
      int port = two.listeners().getLast().address().getPort();
      for (InetAddress each : List.of(LOOPBACK, second)) {
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
          client.setSoTimeout(10_000);
          byte[] request = StunBytes.REQUEST;
          client.send(new DatagramPacket(request, request.length, each, port));
          DatagramPacket answer = new DatagramPacket(new byte[100], 100);
          client.receive(answer);
          assertThat(answer.getSocketAddress()).isEqualTo(new InetSocketAddress(each, port));
        }
      }
    }
  }

  @Test
  void whatWantsNoAnswerGetsNone() throws Exception {
    try (DatagramSocket client = client(address)) {
      List<byte[]> silent =
          List.of(
              StunBytes.hex("ff"),
              StunBytes.hex("0011 0000" + StunBytes.ID),
              StunBytes.hex("0101 0000" + StunBytes.ID),
              StunBytes.hex("0002 0000" + StunBytes.ID),
              StunBytes.hex("4000 0004 01020304"),
              new byte[3000]);
      for (byte[] bytes : silent) {
        client.send(new DatagramPacket(bytes, bytes.length));
      }
      byte[] answer = ask(client, StunBytes.REQUEST);

      assertThat(answer).as("the first and only answer").hasSize(32);
      assertThat(server.counters())
          .containsEntry(TurnCounter.ANSWERED, 1L)
          .containsEntry(TurnCounter.KEEP_ALIVE, 1L)
          .containsEntry(TurnCounter.NO_REQUEST, 2L)
          .containsEntry(TurnCounter.UNKNOWN_METHOD, 1L)
          .containsEntry(TurnCounter.MALFORMED, 1L);
    }
  }

  /** Netty drops them; what has come right behind them must not wait for what comes next. */
  @Test
  void emptyDatagramsHoldUpNobody() throws Exception {
    try (DatagramSocket client = client(address)) {
      for (int i = 0; i < 200; i++) {
        for (int n = 0; n < 20; n++) {
          client.send(new DatagramPacket(new byte[0], 0));
        }
        assertThat(ask(client, StunBytes.REQUEST)).hasSize(32);
      }
    }
  }

  @Test
  void randomDatagramsCauseNoErrorOfOurs() throws Exception {
    Random random = new Random(3478);
    try (ErrorLog log = new ErrorLog();
        DatagramSocket client = client(address)) {
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = new byte[random.nextInt(100)];
        random.nextBytes(bytes);
        if (bytes.length > 8 && random.nextBoolean()) {
          System.arraycopy(StunBytes.REQUEST, 0, bytes, 0, 8);
        }
        client.send(new DatagramPacket(bytes, bytes.length));
      }
      await().atMost(SECONDS).until(() -> mapped(ask(client, StunBytes.REQUEST)).getPort() > 0);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void aStreamIsAnsweredInOrderHoweverItIsCut() throws Exception {
    try (Socket client = connect(address)) {
      byte[] withFingerprint = StunBytes.withFingerprint(StunBytes.REQUEST);
      for (byte b : withFingerprint) {
        client.getOutputStream().write(b);
      }
      assertThat(client.getInputStream().readNBytes(40)).hasSize(40);

      byte[] both = Arrays.copyOf(StunBytes.REQUEST, 20 + withFingerprint.length);
      System.arraycopy(withFingerprint, 0, both, 20, withFingerprint.length);
      byte[] answers = ask(client, both, 32 + 40);

      assertThat(mapped(Arrays.copyOf(answers, 32))).isEqualTo(client.getLocalSocketAddress());
      assertThat(StunBytes.withFingerprint(Arrays.copyOf(answers, 32)))
          .isEqualTo(Arrays.copyOfRange(answers, 32, 72));
    }
  }

  @Test
  void garbageEndsAStreamAfterTheAnswersToWhatCameBefore() throws Exception {
    try (Socket client = connect(address)) {
      client.getOutputStream().write(StunBytes.REQUEST);
      client.getOutputStream().write("GET / HTTP/1.1".getBytes(US_ASCII));

      assertThat(client.getInputStream().readNBytes(33)).hasSize(32);
      assertThat(server.counters()).containsEntry(TurnCounter.MALFORMED, 1L);
    }
    assertThat(server.counters()).containsEntry(TurnCounter.MALFORMED, 1L);
  }

  @Test
  void whoeverSendsHisLastRequestAndEndsIsAnswered() throws Exception {
    try (Socket client = connect(address)) {
      client.getOutputStream().write(StunBytes.REQUEST);
      client.shutdownOutput();

      assertThat(client.getInputStream().readNBytes(33)).hasSize(32);
    }
  }

  @Test
  void aRequestForSomethingElseIsDroppedAndTheStreamGoesOn() throws Exception {
    try (Socket client = connect(address)) {
      client.getOutputStream().write(StunBytes.hex("0002 0000" + StunBytes.ID));

      assertThat(ask(client, StunBytes.REQUEST, 32)).hasSize(32);
      assertThat(server.counters()).containsEntry(TurnCounter.UNKNOWN_METHOD, 1L);
    }
  }

  @Test
  void anAddressHas1024Connections() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 1024; i++) {
        clients.add(connect(address));
      }
      assertThat(ask(clients.getLast(), StunBytes.REQUEST, 32)).hasSize(32);
      try (Socket oneMore = connect(address)) {
        assertThat(isClosed(oneMore)).isTrue();
      }
      assertThat(server.counters()).containsEntry(TurnCounter.OVER_LIMIT, 1L);

      clients.getFirst().close();
      await()
          .atMost(SECONDS)
          .untilAsserted(() -> {
            try (Socket next = connect(address)) {
              assertThat(ask(next, StunBytes.REQUEST, 32)).hasSize(32);
            }
          });
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aClientThatAsksWithoutReadingTheAnswersIsReadNoFurther() throws Exception {
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(1);
      deaf.setSendBufferSize(1);
      deaf.connect(address);
      AtomicLong sent = new AtomicLong();
      Thread flood =
          Thread.startVirtualThread(() -> {
            try {
              OutputStream out = deaf.getOutputStream();
              while (true) {
                out.write(StunBytes.REQUEST);
                sent.addAndGet(StunBytes.REQUEST.length);
              }
            } catch (IOException e) {
              assertThat(e).as("the end of the test").isInstanceOf(SocketException.class);
            }
          });
      await()
          .atMost(Duration.ofSeconds(30))
          .during(Duration.ofSeconds(1))
          .until(sent::get, before -> before == sent.get() && before > 0);
      assertThat(sent.get()).isLessThan(32 << 20);
      try (DatagramSocket other = client(address)) {
        assertThat(ask(other, StunBytes.REQUEST)).hasSize(32);
      }
      deaf.close();
      flood.join();
    }
  }

  @Test
  void aSilentConnectionIsClosedAfterThirtySeconds() throws Exception {
    try (TurnOnPaper paper = new TurnOnPaper()) {
      ChannelFrom client =
          new ChannelFrom(
              new InetSocketAddress("203.0.113.7", 6000),
              TurnListeners.handlers(paper.turn, paper.resources));

      client.pass(Duration.ofSeconds(29));
      client.writeInbound(Unpooled.copiedBuffer(StunBytes.REQUEST));
      client.runPendingTasks();
      ByteBuf answer = client.readOutbound();
      assertThat(answer.readableBytes()).isEqualTo(32);
      answer.release();
      client.pass(Duration.ofSeconds(29));
      client.writeInbound(Unpooled.copiedBuffer(StunBytes.REQUEST, 0, 19));
      assertThat(client.isOpen()).isTrue();
      client.pass(Duration.ofSeconds(1));

      assertThat(client.isOpen()).as("half a message buys no time").isFalse();
      assertThat(paper.counted(TurnCounter.TIMED_OUT)).isOne();
      assertThat(paper.counted(TurnCounter.MALFORMED)).isZero();
    }
  }

  @Test
  void aPortInUseIsNamedWithItsKeyAndNothingStaysOpen() throws Exception {
    try (DatagramSocket other = takeForUdpWhatIsFreeForTcp()) {
      int port = other.getLocalPort();

      assertThatExceptionOfType(ServerStartException.class)
          .isThrownBy(() -> start(List.of(LOOPBACK), turn(port)))
          .withMessage(
              "turn udp cannot listen on 127.0.0.1:%d: another program has the port. Stop it, or"
                  + " choose another port with turn.port.",
              port);
      try (ServerSocket free = new ServerSocket(port, 1, LOOPBACK)) {
        assertThat(free.isBound()).isTrue();
      }
    }
  }

  private static DatagramSocket takeForUdpWhatIsFreeForTcp() throws IOException {
    while (true) {
      try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
        return new DatagramSocket(new InetSocketAddress(LOOPBACK, free.getLocalPort()));
      } catch (BindException e) {
        // Somebody has it for UDP.
      }
    }
  }

  private static TurnServer start(List<InetAddress> listen, TurnConfig config)
      throws ServerStartException {
    Credentials credentials = new Credentials("culvert", new NoUsers());
    return TurnServer.start(
        listen, Optional.empty(), config, credentials, new TlsFront(certificate), certificate);
  }

  private static DatagramSocket client(InetSocketAddress server) throws IOException {
    DatagramSocket client = new DatagramSocket(new InetSocketAddress(server.getAddress(), 0));
    client.setSoTimeout(10_000);
    client.connect(server);
    return client;
  }

  private static byte[] ask(DatagramSocket client, byte[] request) throws IOException {
    client.send(new DatagramPacket(request, request.length));
    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
    client.receive(answer);
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }

  private static Socket connect(InetSocketAddress server) throws IOException {
    Socket client = new Socket(server.getAddress(), server.getPort());
    client.setTcpNoDelay(true);
    client.setSoTimeout(10_000);
    return client;
  }

  private static byte[] ask(Socket client, byte[] request, int bytes) throws IOException {
    client.getOutputStream().write(request);
    return client.getInputStream().readNBytes(bytes);
  }

  private static boolean isClosed(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static InetSocketAddress mapped(byte[] answer) throws Exception {
    return StunCodec.decode(Unpooled.wrappedBuffer(answer))
        .first(XorMappedAddress.class)
        .orElseThrow()
        .address();
  }

  private static TurnConfig turn(int port) {
    return TestConfigs.with("turn.port=" + port, "turn.tls-port=0").turn();
  }
}
