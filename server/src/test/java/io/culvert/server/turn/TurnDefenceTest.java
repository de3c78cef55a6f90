package io.culvert.server.turn;

import static io.culvert.server.turn.TestTurnServer.ALICE;
import static io.culvert.server.turn.TestTurnServer.BOB;
import static io.culvert.server.turn.TestTurnServer.REALM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.server.ErrorLog;
import io.culvert.server.net.ChannelFrom;
import io.culvert.server.tls.TlsClient;
import io.culvert.server.tls.dtls.DtlsCounter;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks and misuse that a relay must survive, against a real server. */
@Timeout(60)
class TurnDefenceTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final StunAttribute TCP = new RequestedTransport(6);
  private static final ChannelNumber CHANNEL = new ChannelNumber(0x4000);
  private static final byte[] DATA = {1, 2, 3, 4, 5};

  @TempDir private static Path data;

  private final TestTurnServer server = new TestTurnServer(data);
  private final ErrorLog log = new ErrorLog();
  private final RealClient client = RealClient.udp(server.address(), ALICE);

  TurnDefenceTest() throws Exception {}

  @AfterEach
  void itStillServesAndHasNotComplained() throws Exception {
    client.done(StunMessage.BINDING);
    client.close();
    assertThat(log.messages()).isEmpty();
    log.close();
    server.close();
  }

  private static XorPeerAddress at(InetSocketAddress address) {
    return new XorPeerAddress(address);
  }

  private static XorPeerAddress at(String ip, int port) {
    return at(new InetSocketAddress(InetAddress.ofLiteral(ip), port));
  }

  private static InetSocketAddress allocate(RealClient client) throws IOException {
    StunMessage answer = client.done(StunMessage.ALLOCATE, UDP);
    return answer.first(XorRelayedAddress.class).orElseThrow().address();
  }

  private static void nothingComesTo(RealClient client) {
    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::receive);
  }

  /** Cases 9 to 17 through Connect; what binds a permission or a channel is in other tests. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255"
      })
  void whereNobodyMaySendNobodyConnects(String ip) throws Exception {
    try (RealClient stream = RealClient.tcp(server.address(), ALICE)) {
      stream.done(StunMessage.ALLOCATE, TCP);
      assertThat(stream.code(StunMessage.CONNECT, at(ip, 80))).isEqualTo(403);
      assertThat(stream.code(StunMessage.CREATE_PERMISSION, at(ip, 80))).isEqualTo(403);
    }
  }

  /** Not a line in the log either: it happens on every machine. */
  @Test
  void aPortThatAnotherProgramHasIsPassedOver() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
      int port = Math.min(other.getLocalPort(), 65_532);
      try (TestTurnServer two =
              new TestTurnServer(data, "turn.relay-ports=\"%d-%d\"".formatted(port, port + 3));
          RealClient stream = RealClient.tcp(two.address(), ALICE)) {
        for (int i = 0; i < 30; i++) {
          stream.done(StunMessage.ALLOCATE, TCP);
          stream.done(StunMessage.REFRESH, new Lifetime(0));
        }
      }
    }
  }

  /** Cases 18 and 62. */
  @Test
  void theServersOwnPortsAreNoPeers() throws Exception {
    allocate(client);
    try (RealClient stream = RealClient.tcp(server.address(), ALICE)) {
      stream.done(StunMessage.ALLOCATE, TCP);
      for (InetSocketAddress own :
          new InetSocketAddress[] {server.address(), server.tlsAddress()}) {
        assertThat(client.code(StunMessage.CHANNEL_BIND, CHANNEL, at(own))).isEqualTo(403);
        assertThat(stream.code(StunMessage.CONNECT, at(own))).isEqualTo(403);
        client.done(StunMessage.CREATE_PERMISSION, at(own));
        client.send(indication(at(own), new Data(StunBytes.REQUEST)));
      }
      nothingComesTo(client);
    }
    assertThat(server.turn().traffic()).containsEntry(Traffic.Figure.FORBIDDEN_PEER, 2L);
  }

  private static byte[] indication(StunAttribute... attributes) {
    StunMessage message =
        new StunMessage(
            StunClass.INDICATION,
            StunMessage.SEND,
            PaperClient.newTransaction(),
            Arrays.asList(attributes));
    var bytes = Unpooled.buffer();
    StunCodec.encode(message, bytes);
    return ByteBufUtil.getBytes(bytes);
  }

  /** Case 26: as far as bytes go. */
  @Test
  void aWrongPasswordAndAnUnknownUserAreAnsweredAlike() throws Exception {
    UserKeys[] wrong = {
      UserKeys.of("alice", REALM, "guess"), UserKeys.of("nobody", REALM, "guess")
    };
    Set<Integer> lengths = new HashSet<>();
    for (UserKeys user : wrong) {
      try (RealClient stranger = RealClient.udp(server.address(), user)) {
        StunMessage answer = stranger.ask(StunMessage.ALLOCATE, UDP);
        StunMessage again = stranger.request(StunMessage.ALLOCATE, UDP);
        stranger.send(stranger.signed(again));
        lengths.add(stranger.receive().length);
        assertThat(PaperClient.code(answer)).isEqualTo(401);
        assertThat(answer.attributes())
            .extracting(Object::getClass)
            .as("nothing tells one from the other")
            .hasSize(4);
      }
    }
    assertThat(lengths).hasSize(1);
    assertThat(server.turn().allocations()).isZero();
  }

  /** Case 29. */
  @Test
  void aRequestThatSomebodyElseRepeatsIsChallenged() throws Exception {
    allocate(client);
    StunMessage request = client.request(StunMessage.REFRESH, new Lifetime(0));
    byte[] overheard = client.signed(request);
    try (RealClient thief = RealClient.udp(server.address(), ALICE);
        RealClient onAStream = RealClient.tcp(server.address(), ALICE)) {
      assertThat(PaperClient.code(thief.exchange(request, overheard))).isEqualTo(438);
      assertThat(PaperClient.code(onAStream.exchange(request, overheard))).isEqualTo(438);
    }
    try (RealClient neighbour =
        RealClient.udp(InetAddress.ofLiteral("127.0.0.9"), server.address(), ALICE)) {
      assertThat(PaperClient.code(neighbour.exchange(request, overheard))).isEqualTo(438);
    }
    assertThat(server.turn().allocations()).isOne();
    assertThat(client.exchange(request, overheard).messageClass()).isEqualTo(StunClass.SUCCESS);
  }

  /** Case 30. */
  @Test
  void anotherUserCannotUseAnAllocationOnTheSameConnection() throws Exception {
    try (Socket socket = new Socket(LOOPBACK, server.turn().port());
        RealClient alice = RealClient.on(socket, ALICE);
        RealClient bob = RealClient.on(socket, BOB)) {
      allocate(alice);
      XorPeerAddress peer = at("127.0.0.1", 7000);
      assertThat(bob.code(StunMessage.REFRESH, new Lifetime(0))).isEqualTo(441);
      assertThat(bob.code(StunMessage.CREATE_PERMISSION, peer)).isEqualTo(441);
      assertThat(bob.code(StunMessage.CHANNEL_BIND, CHANNEL, peer)).isEqualTo(441);
      assertThat(bob.code(StunMessage.CONNECT, peer)).isEqualTo(441);
      assertThat(bob.code(StunMessage.ALLOCATE, UDP)).isEqualTo(441);
      alice.done(StunMessage.REFRESH);
    }
  }

  /** Case 30 for connections with peers: their numbers are their user's. */
  @Test
  void anotherUserCannotTakeAConnectionWithAPeer() throws Exception {
    try (ServerSocket peer = new ServerSocket(0, 1, LOOPBACK);
        RealClient alice = RealClient.tcp(server.address(), ALICE);
        RealClient second = RealClient.tcp(server.address(), ALICE);
        RealClient bob = RealClient.tcp(server.address(), BOB);
        RealClient datagrams = RealClient.udp(server.address(), ALICE)) {
      alice.done(StunMessage.ALLOCATE, TCP);
      StunMessage connected = alice.done(StunMessage.CONNECT, at("127.0.0.1", peer.getLocalPort()));
      StunAttribute id = connected.first(ConnectionId.class).orElseThrow();
      assertThat(bob.code(StunMessage.CONNECTION_BIND, id)).isEqualTo(400);
      assertThat(datagrams.code(StunMessage.CONNECTION_BIND, id)).isEqualTo(400);
      second.done(StunMessage.CONNECTION_BIND, id);
    }
  }

  /** Case 34. */
  @Test
  void whatHasAWrongFingerprintIsDropped() throws Exception {
    byte[] request = StunBytes.withFingerprint(StunBytes.REQUEST);
    request[request.length - 1] ^= 1;
    client.send(request);
    nothingComesTo(client);
    assertThat(server.counted(TurnCounter.BAD_FINGERPRINT)).isOne();
  }

  /**
   * Cases 41 and 42, with real sockets: as many senders as there are addresses of loopback here.
   */
  @Test
  void allocatesFromAThousandAddressesLeaveNothing() throws Exception {
    StunMessage request = client.request(StunMessage.ALLOCATE, UDP);
    for (int i = 0; i < 1000; i++) {
      InetAddress sender = InetAddress.ofLiteral("127.1.%d.%d".formatted(i / 250, 1 + i % 250));
      try (RealClient stranger = RealClient.udp(sender, server.address(), ALICE)) {
        byte[] bytes = stranger.signed(request);
        assertThat(PaperClient.code(stranger.exchange(request, bytes))).isEqualTo(401);
      }
    }
    assertThat(server.counted(TurnCounter.UNAUTHENTICATED)).isGreaterThanOrEqualTo(1000);
    assertThat(server.turn().allocations()).isZero();
  }

  /** Case 45: whoever trickles gets as much time as whoever says nothing. */
  @Test
  void aByteASecondBuysNoTime() throws Exception {
    try (TurnOnPaper paper = new TurnOnPaper()) {
      ChannelFrom slow =
          new ChannelFrom(
              new InetSocketAddress("203.0.113.7", 6000),
              TurnListeners.handlers(paper.turn, paper.resources));
      byte[] request = Arrays.copyOf(StunBytes.REQUEST, 64);
      request[3] = 44;
      for (int second = 0; second < 30; second++) {
        assertThat(slow.isOpen()).as("after %d s", second).isTrue();
        slow.writeInbound(Unpooled.wrappedBuffer(request, second, 1));
        slow.pass(Duration.ofSeconds(1));
      }
      assertThat(slow.isOpen()).isFalse();
      assertThat(paper.counted(TurnCounter.TIMED_OUT)).isOne();
    }
  }

  /** Case 46: nothing is kept of a hello without a cookie, whoever is said to have sent it. */
  @Test
  void theFirstHelloOfDtlsLeavesNothing() throws Exception {
    byte[] hello = new byte[200];
    new Random(46).nextBytes(hello);
    byte[] header =
        StunBytes.hex("16 feff 0000 000000000000 00bb 01 0000af 0000 000000 0000af feff");
    System.arraycopy(header, 0, hello, 0, header.length);
    for (int i = 0; i < 500; i++) {
      InetAddress sender = InetAddress.ofLiteral("127.2.%d.%d".formatted(i / 250, 1 + i % 250));
      try (RealClient stranger = RealClient.udp(sender, server.tlsAddress(), ALICE)) {
        stranger.send(hello);
      }
    }
    client.done(StunMessage.BINDING);
    assertThat(server.turn().dtlsCounters().getOrDefault(DtlsCounter.ESTABLISHED, 0L)).isZero();
    assertThat(server.turn().allocations()).isZero();
  }

  /** Case 61: a server that is made to talk to another one gets no answer to its answers. */
  @Test
  void whatNobodyHasAskedForIsNotAnswered() throws Exception {
    for (int type : new int[] {0x0101, 0x0111, 0x0103, 0x0113, 0x0013, 0x0017, 0x0016, 0x0011}) {
      byte[] message = StunBytes.REQUEST.clone();
      message[0] = (byte) (type >> Byte.SIZE);
      message[1] = (byte) type;
      client.send(message);
    }
    client.send(StunBytes.hex("4000 0004 01020304"));
    client.send(StunBytes.hex("4fff 0000"));
    nothingComesTo(client);
  }

  /** Case 63. */
  @Test
  void twoAllocationsThatPermitEachOtherAreSilentByThemselves() throws Exception {
    try (RealClient other = RealClient.udp(server.address(), BOB)) {
      InetSocketAddress here = allocate(client);
      InetSocketAddress there = allocate(other);
      client.done(StunMessage.CHANNEL_BIND, CHANNEL, at(there));
      other.done(StunMessage.CHANNEL_BIND, CHANNEL, at(here));
      byte[] once = StunBytes.hex("4000 0004 01020304");
      client.send(once);
      assertThat(other.receive()).isEqualTo(once);
      nothingComesTo(other);
      nothingComesTo(client);
      assertThat(server.turn().traffic()).containsEntry(Traffic.Figure.PACKETS_TO_PEERS, 1L);
    }
  }

  /** Case 64. */
  @Test
  void aPeerThatIsNotThereEndsNothing() throws Exception {
    allocate(client);
    InetSocketAddress gone;
    try (DatagramSocket closed = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      gone = new InetSocketAddress(LOOPBACK, closed.getLocalPort());
    }
    try (DatagramSocket alive = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      alive.setSoTimeout(10_000);
      client.done(StunMessage.CREATE_PERMISSION, at(gone));
      for (int i = 0; i < 50; i++) {
        client.send(indication(at(gone), new Data(DATA)));
      }
      client.send(indication(at("127.0.0.1", alive.getLocalPort()), new Data(DATA)));
      var packet = new DatagramPacket(new byte[100], 100);
      alive.receive(packet);
      assertThat(packet.getLength()).isEqualTo(DATA.length);
      client.done(StunMessage.REFRESH);
    }
  }

  /** Case 66: over TLS, too, garbage ends its own connection only. */
  @Test
  void garbageInsideTlsEndsThatConnectionOnly() throws Exception {
    try (RealClient good = RealClient.on(TlsClient.connect(server.tlsAddress()), ALICE);
        Socket bad = TlsClient.connect(server.tlsAddress())) {
      allocate(good);
      bad.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      assertThat(bad.getInputStream().readAllBytes()).isEmpty();
      good.done(StunMessage.REFRESH);
    }
  }

  /** Case 74: a name is counted, never interpreted, and makes no figure of its own. */
  @Test
  void namesLeaveNoTraceInFigures() throws Exception {
    Set<TurnCounter> known = Set.of(TurnCounter.values());
    for (String name : new String[] {"%s%n%d", "a\tb", "${jndi:ldap://x}", "{}", "' or 1=1 --"}) {
      UserKeys odd = new UserKeys(name, BOB.md5(), BOB.sha256());
      try (RealClient stranger = RealClient.udp(server.address(), odd)) {
        assertThat(stranger.code(StunMessage.ALLOCATE, UDP)).isEqualTo(401);
      }
    }
    assertThat(known).containsAll(server.turn().counters().keySet());
  }
}
