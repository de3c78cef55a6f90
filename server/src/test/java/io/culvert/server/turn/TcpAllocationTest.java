package io.culvert.server.turn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.DontFragment;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP relayed addresses, through sockets, on several loops. */
@Timeout(60)
class TcpAllocationTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final RequestedTransport TCP = new RequestedTransport(6);
  private static final RequestedTransport UDP = new RequestedTransport(17);

  @TempDir private Path data;
  private ServerCertificate certificate;
  private TurnServer server;
  private TurnStream ann;

  @BeforeEach
  void start() throws Exception {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    server = start("turn.allow-loopback-peers=true");
    ann = client("ann");
  }

  private TurnServer start(String assignment) throws Exception {
    return TurnServer.start(
        List.of(HERE),
        Optional.empty(),
        TestConfigs.with("turn.port=0", "turn.tls-port=0", "turn.threads=3", assignment).turn(),
        new Credentials(TurnStream.REALM, new Everybody()),
        new TlsFront(certificate),
        certificate);
  }

  @AfterEach
  void stop() throws Exception {
    ann.close();
    await().until(() -> server.allocations() == 0);
    server.close();
    certificate.close();
  }

  @Test
  void aClientConnectsToAPeer() throws Exception {
    InetSocketAddress relayed = allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE);
        TurnStream data = connected(ann, at(listener));
        Socket peer = listener.accept()) {
      assertThat(peer.getRemoteSocketAddress()).isEqualTo(relayed);
      expectEchoes(data.socket(), peer);
    }
  }

  @Test
  void aPeerConnectsToAClient() throws Exception {
    InetSocketAddress relayed = allocate(ann);
    ann.done(StunMessage.CREATE_PERMISSION, new XorPeerAddress(new InetSocketAddress(HERE, 0)));
    try (Socket peer = new Socket(HERE, relayed.getPort())) {
      StunMessage attempt = ann.indication();
      assertThat(attempt.method()).isEqualTo(StunMessage.CONNECTION_ATTEMPT);
      assertThat(attempt.first(XorPeerAddress.class).orElseThrow().address())
          .isEqualTo(peer.getLocalSocketAddress());
      try (TurnStream data = bound("ann", id(attempt))) {
        expectEchoes(data.socket(), peer);
      }
    }
  }

  /** Whatever loops the two connections are on. */
  @Test
  void everyByteIsCounted() throws Exception {
    allocate(ann);
    for (int i = 1; i <= 6; i++) {
      try (ServerSocket listener = new ServerSocket(0, 1, HERE);
          TurnStream data = connected(ann, at(listener));
          Socket peer = listener.accept()) {
        data.socket().getOutputStream().write(new byte[100_000]);
        peer.getInputStream().skipNBytes(100_000);
        peer.getOutputStream().write(new byte[70_001]);
        data.socket().getInputStream().skipNBytes(70_001);
      }
      assertThat(server.traffic())
          .containsEntry(Figure.BYTES_TO_PEERS, i * 100_000L)
          .containsEntry(Figure.BYTES_TO_CLIENTS, i * 70_001L)
          .containsEntry(Figure.PACKETS_TO_PEERS, 0L)
          .containsEntry(Figure.PACKETS_TO_CLIENTS, 0L);
    }
  }

  /** Wherever the connection with the ConnectionBind has come to: there are three loops. */
  @Test
  void connectionsMayBeOnAnyLoop() throws Exception {
    allocate(ann);
    for (int i = 0; i < 6; i++) {
      try (ServerSocket listener = new ServerSocket(0, 1, HERE);
          TurnStream data = connected(ann, at(listener));
          Socket peer = listener.accept()) {
        expectEchoes(data.socket(), peer);
      }
    }
  }

  @Test
  void twoClientsConnectThroughTheirRelays() throws Exception {
    InetSocketAddress anns = allocate(ann);
    try (TurnStream bob = client("bob")) {
      InetSocketAddress bobs = allocate(bob);
      bob.done(StunMessage.CREATE_PERMISSION, new XorPeerAddress(anns));
      try (TurnStream annsData = connected(ann, bobs);
          TurnStream bobsData = bound("bob", id(bob.indication()))) {
        expectEchoes(annsData.socket(), bobsData.socket());
      }
    }
  }

  @Test
  void aPeerWithoutPermissionIsSentAway() throws Exception {
    InetSocketAddress relayed = allocate(ann);
    try (Socket peer = new Socket(HERE, relayed.getPort())) {
      expectEnd(peer);
    }
    assertThat(server.counters()).containsEntry(TurnCounter.ATTEMPTED, 0L);
  }

  @Test
  void onlyTheSameUserGetsTheConnection() throws Exception {
    allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
      ConnectionId id = id(ann.done(StunMessage.CONNECT, new XorPeerAddress(at(listener))));
      try (TurnStream mallory = client("mallory")) {
        assertThat(mallory.refused(StunMessage.CONNECTION_BIND, id)).isEqualTo(400);
      }
      try (TurnStream data = bound("ann", id);
          TurnStream again = client("ann");
          Socket peer = listener.accept()) {
        assertThat(again.refused(StunMessage.CONNECTION_BIND, id)).isEqualTo(400);
        expectEchoes(data.socket(), peer);
      }
    }
  }

  /** As coturn's client does. */
  @Test
  void aConnectionIsBoundWithTheNonceOfTheOneThatItBelongsTo() throws Exception {
    allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
      ConnectionId id = id(ann.done(StunMessage.CONNECT, new XorPeerAddress(at(listener))));
      try (TurnStream data = client("ann").knowing(ann);
          TurnStream other = client("ann").knowing(ann);
          Socket peer = listener.accept()) {
        assertThat(other.askOnce(StunMessage.CONNECTION_BIND, new ConnectionId(id.id() + 1)))
            .as("for no connection")
            .extracting(answer -> answer.first(ErrorCode.class).orElseThrow().code())
            .isEqualTo(438);
        assertThat(data.askOnce(StunMessage.CONNECTION_BIND, id).messageClass())
            .isEqualTo(StunClass.SUCCESS);
        expectEchoes(data.socket(), peer);
      }
    }
  }

  @Test
  void aConnectionWithAnAllocationCannotBeBound() throws Exception {
    allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
      ConnectionId id = id(ann.done(StunMessage.CONNECT, new XorPeerAddress(at(listener))));
      assertThat(ann.refused(StunMessage.CONNECTION_BIND, id)).isEqualTo(400);
    }
    assertThat(ann.refused(StunMessage.CONNECTION_BIND)).isEqualTo(400);
  }

  @Test
  void thereIsOneConnectionWithAPeer() throws Exception {
    allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
      XorPeerAddress peer = new XorPeerAddress(at(listener));
      ann.done(StunMessage.CONNECT, peer);
      assertThat(ann.refused(StunMessage.CONNECT, peer)).isEqualTo(446);
    }
  }

  @Test
  void aPeerThatDoesNotAcceptIsReported() throws Exception {
    allocate(ann);
    InetSocketAddress nobody;
    try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
      nobody = at(listener);
    }
    assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(nobody))).isEqualTo(447);
    assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(nobody))).isEqualTo(447);
  }

  /** Security cases 1 to 18 through Connect: nobody is dialled. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "192.0.2.7", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255"
      })
  void nobodyReachesWhatTheOperatorForbids(String ip) throws Exception {
    allocate(ann);
    InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(ip), 80);
    assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(peer))).isEqualTo(403);
    assertThat(server.counters()).containsEntry(TurnCounter.NOT_CONNECTED, 0L);
  }

  /** Security cases 4 to 12 and 17: an allocation of IPv4 has no peers of IPv6. */
  @ParameterizedTest
  @ValueSource(strings = {"::", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1"})
  void noPeerIsOfTheOtherFamily(String ip) throws Exception {
    allocate(ann);
    byte[] bytes = InetAddress.getByName(ip.replace("::ffff:127.0.0.1", "::7f00:1")).getAddress();
    InetSocketAddress peer = new InetSocketAddress(Inet6Address.getByAddress(null, bytes, -1), 80);
    assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(peer))).isEqualTo(443);
  }

  @Test
  void loopbackIsForbiddenUnlessTheOperatorWantsIt() throws Exception {
    try (TurnServer strict = start("turn.allow-loopback-peers=false");
        ServerSocket listener = new ServerSocket(0, 1, HERE);
        TurnStream client = new TurnStream(strict.listeners().getFirst().address(), "ann")) {
      allocate(client);
      assertThat(client.refused(StunMessage.CONNECT, new XorPeerAddress(at(listener))))
          .isEqualTo(403);
    }
  }

  /** Security cases 18 and 62. */
  @Test
  void theServersOwnPortsAreForbidden() throws Exception {
    allocate(ann);
    for (int port : new int[] {server.port(), server.tlsPort(), 0}) {
      InetSocketAddress own = new InetSocketAddress(HERE, port);
      assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(own))).isEqualTo(403);
    }
  }

  @Test
  void whatIsOnlyForDatagramsIsRefused() throws Exception {
    assertThat(ann.refused(StunMessage.ALLOCATE, TCP, new EvenPort(false))).isEqualTo(400);
    assertThat(ann.refused(StunMessage.ALLOCATE, TCP, new DontFragment())).isEqualTo(400);
    assertThat(ann.refused(StunMessage.ALLOCATE, new RequestedTransport(33))).isEqualTo(442);
    allocate(ann);
    assertThat(
            ann.refused(
                StunMessage.CHANNEL_BIND,
                new ChannelNumber(0x4000),
                new XorPeerAddress(new InetSocketAddress(HERE, 9))))
        .isEqualTo(400);
  }

  @Test
  void anAllocationOfUdpConnectsToNobody() throws Exception {
    assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(at(9)))).isEqualTo(437);
    ann.done(StunMessage.ALLOCATE, UDP);
    assertThat(ann.refused(StunMessage.CONNECT, new XorPeerAddress(at(9)))).isEqualTo(400);
    assertThat(ann.refused(StunMessage.CONNECT)).isEqualTo(400);
  }

  @Test
  void theEndOfTheAllocationEndsItsConnections() throws Exception {
    InetSocketAddress relayed = allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE);
        TurnStream data = connected(ann, at(listener));
        Socket peer = listener.accept()) {
      ann.done(StunMessage.REFRESH, new Lifetime(0));
      expectEnd(data.socket());
      expectEnd(peer);
    }
    await().until(() -> isRefused(relayed));
  }

  @Test
  void soDoesTheEndOfTheClientsConnection() throws Exception {
    allocate(ann);
    try (ServerSocket listener = new ServerSocket(0, 1, HERE);
        TurnStream data = connected(ann, at(listener));
        Socket peer = listener.accept()) {
      ann.close();
      expectEnd(data.socket());
      expectEnd(peer);
    }
  }

  private TurnStream client(String user) throws IOException {
    return new TurnStream(server.listeners().getFirst().address(), user);
  }

  private static InetSocketAddress allocate(TurnStream client) throws IOException {
    return client
        .done(StunMessage.ALLOCATE, TCP)
        .first(XorRelayedAddress.class)
        .orElseThrow()
        .address();
  }

  private TurnStream connected(TurnStream client, InetSocketAddress peer) throws IOException {
    return bound("ann", id(client.done(StunMessage.CONNECT, new XorPeerAddress(peer))));
  }

  private TurnStream bound(String user, ConnectionId id) throws IOException {
    TurnStream data = client(user);
    data.done(StunMessage.CONNECTION_BIND, id);
    return data;
  }

  private static ConnectionId id(StunMessage message) {
    return message.first(ConnectionId.class).orElseThrow();
  }

  private static InetSocketAddress at(ServerSocket listener) {
    return at(listener.getLocalPort());
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(HERE, port);
  }

  private static boolean isRefused(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  private static void expectEchoes(Socket one, Socket two) throws IOException {
    for (Socket[] each : new Socket[][] {{one, two}, {two, one}}) {
      each[0].getOutputStream().write("hello".getBytes(US_ASCII));
      assertThat(each[1].getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(US_ASCII));
    }
  }

  private static void expectEnd(Socket socket) throws IOException {
    try {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }
}
