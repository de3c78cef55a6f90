package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data of clients over TCP, through sockets. */
@Timeout(60)
class StreamDataTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final int CHANNEL = 0x4000;

  /** What a datagram of IPv4 holds. */
  private static final int MOST = 65_507;

  @TempDir private Path data;
  private ServerCertificate certificate;
  private TurnServer server;
  private DatagramSocket peer;
  private TurnStream client;

  @BeforeEach
  void start() throws Exception {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    server =
        TurnServer.start(
            List.of(HERE),
            Optional.empty(),
            TestConfigs.with("turn.port=0", "turn.tls-port=0", "turn.allow-loopback-peers=true")
                .turn(),
            new Credentials(TurnStream.REALM, new Everybody()),
            new TlsFront(certificate),
            certificate);
    peer = new DatagramSocket(new InetSocketAddress(HERE, 0));
    peer.setSoTimeout(20_000);
    client = new TurnStream(server.listeners().getFirst().address(), "ann");
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    peer.close();
    server.close();
    certificate.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2_045, 10_000, 65_000, MOST})
  void aClientSendsWhatADatagramHolds(int length) throws Exception {
    allocate(client);
    bind(client);
    byte[] sent = random(length);
    send(channelData(sent));
    assertThat(received()).isEqualTo(sent);
    client.indicate(StunMessage.SEND, peerAddress(), new Data(sent));
    assertThat(received()).isEqualTo(sent);
  }

  @Test
  void whatNoDatagramHoldsIsLostAlone() throws Exception {
    allocate(client);
    bind(client);
    send(channelData(new byte[MOST + 1]));
    send(channelData(new byte[0xffff]));
    send(channelData(new byte[] {7}));
    assertThat(received()).containsExactly(7);
    assertThat(server.traffic())
        .containsEntry(Figure.BAD_DATA, 2L)
        .containsEntry(Figure.PACKETS_TO_PEERS, 1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, MOST})
  void whatAPeerSendsArrivesWhole(int length) throws Exception {
    InetSocketAddress relayed = allocate(client);
    client.done(StunMessage.CREATE_PERMISSION, peerAddress());
    byte[] sent = random(length);
    peer.send(new DatagramPacket(sent, length, relayed));
    assertThat(client.indication().first(Data.class)).contains(new Data(sent));
    bind(client);
    peer.send(new DatagramPacket(sent, length, relayed));
    byte[] message = channelData(sent);
    assertThat(client.socket().getInputStream().readNBytes(message.length)).isEqualTo(message);
  }

  @Test
  void aBurstArrivesWholeAtAClientThatReads() throws Exception {
    InetSocketAddress relayed = allocate(client);
    bind(client);
    byte[] sent = random(1000);
    for (int i = 0; i < 400; i++) {
      peer.send(new DatagramPacket(sent, sent.length, relayed));
    }
    byte[] message = channelData(sent);
    for (int i = 0; i < 400; i++) {
      assertThat(client.socket().getInputStream().readNBytes(message.length)).isEqualTo(message);
    }
    assertThat(server.traffic()).containsEntry(Figure.SLOW_CLIENT, 0L);
  }

  @Test
  void aStrangerDoesNotGetBeyondTheHeader() throws Exception {
    send(Arrays.copyOf(channelData(new byte[2_045]), ChannelData.HEADER_BYTES));
    expectTurnedAway();
  }

  @Test
  void norDoesWhoHasGivenHisAllocationBack() throws Exception {
    allocate(client);
    bind(client);
    client.done(StunMessage.REFRESH, new Lifetime(0));
    send(Arrays.copyOf(channelData(new byte[2_045]), ChannelData.HEADER_BYTES));
    expectTurnedAway();
  }

  private void expectTurnedAway() throws IOException {
    assertThat(client.socket().getInputStream().read()).isEqualTo(-1);
    assertThat(server.counters()).containsEntry(TurnCounter.MALFORMED, 1L);
  }

  private static InetSocketAddress allocate(TurnStream client) throws IOException {
    return client
        .done(StunMessage.ALLOCATE, new RequestedTransport(17))
        .first(XorRelayedAddress.class)
        .orElseThrow()
        .address();
  }

  private void bind(TurnStream client) throws IOException {
    client.done(StunMessage.CHANNEL_BIND, new ChannelNumber(CHANNEL), peerAddress());
  }

  private XorPeerAddress peerAddress() {
    return new XorPeerAddress(new InetSocketAddress(HERE, peer.getLocalPort()));
  }

  private void send(byte[] bytes) throws IOException {
    client.socket().getOutputStream().write(bytes);
  }

  private byte[] received() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[0xffff], 0xffff);
    peer.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static byte[] channelData(byte[] data) {
    int length = ChannelData.HEADER_BYTES + data.length + ChannelData.padding(data.length);
    return ByteBuffer.allocate(length)
        .putShort((short) CHANNEL)
        .putShort((short) data.length)
        .put(data)
        .array();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
