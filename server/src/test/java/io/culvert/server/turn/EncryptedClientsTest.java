package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsClient;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.tls.dtls.DtlsCounter;
import io.culvert.server.tls.dtls.TrustingPeer;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.auth.NoUsers;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunCodec;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.UDPTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ports take both, and plain clients besides. */
@Timeout(60)
class EncryptedClientsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final int MTU = 1200;

  @TempDir private Path data;
  private ServerCertificate certificate;
  private TurnServer server;

  @BeforeEach
  void start() throws Exception {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    server =
        TurnServer.start(
            List.of(HERE),
            Optional.empty(),
            TestConfigs.with("turn.port=0", "turn.tls-port=0", "turn.threads=2").turn(),
            new Credentials("culvert", new NoUsers()),
            new TlsFront(certificate),
            certificate);
  }

  @AfterEach
  void stop() {
    server.close();
    certificate.close();
  }

  @Test
  void aClientOverDtlsIsToldItsAddressAtEitherPort() throws Exception {
    for (int port : new int[] {server.tlsPort(), server.port()}) {
      try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(HERE, 0))) {
        socket.connect(HERE, port);
        DTLSTransport session =
            new DTLSClientProtocol()
                .connect(new TrustingPeer(shown -> {}), new UDPTransport(socket, MTU));

        byte[] answer = ask(session, StunBytes.REQUEST);

        assertThat(mapped(answer)).isEqualTo(socket.getLocalSocketAddress());
        session.close();
      }
    }
    await()
        .untilAsserted(() ->
            assertThat(server.dtlsCounters())
                .containsEntry(DtlsCounter.ESTABLISHED, 2L)
                .containsEntry(DtlsCounter.CLOSED_BY_CLIENT, 2L));
  }

  @Test
  void aClientOverTlsIsToldItsAddressAtEitherPort() throws Exception {
    for (int port : new int[] {server.tlsPort(), server.port()}) {
      try (SSLSocket client = TlsClient.connect(new InetSocketAddress(HERE, port))) {
        client.getOutputStream().write(StunBytes.REQUEST);
        byte[] answer = client.getInputStream().readNBytes(32);
        assertThat(mapped(answer)).isEqualTo(client.getLocalSocketAddress());
      }
    }
  }

  /** What the JDK reads in one go is one record. */
  @Test
  void everyAnswerIsInATlsRecordOfItsOwn() throws Exception {
    try (SSLSocket client = TlsClient.connect(new InetSocketAddress(HERE, server.tlsPort()))) {
      client
          .getOutputStream()
          .write(ByteBufUtil.decodeHexDump(ByteBufUtil.hexDump(StunBytes.REQUEST).repeat(5)));
      for (int i = 0; i < 5; i++) {
        assertThat(client.getInputStream().read(new byte[1000])).isEqualTo(32);
      }
    }
  }

  /** Without credentials nothing is allocated over DTLS either. */
  @Test
  void aClientOverDtlsIsChallenged() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(HERE, 0))) {
      socket.connect(HERE, server.tlsPort());
      DTLSTransport session =
          new DTLSClientProtocol()
              .connect(new TrustingPeer(shown -> {}), new UDPTransport(socket, MTU));

      ask(session, StunBytes.hex("0003 0008" + StunBytes.ID + "0019 0004 11000000"));

      assertThat(server.counters()).containsEntry(TurnCounter.UNAUTHENTICATED, 1L);
      session.close();
    }
  }

  @Test
  void aClientOverDtlsIsToldThatTheServerStops(@TempDir Path another) throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicBoolean told = new AtomicBoolean();
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(HERE, 0))) {
      DTLSTransport session;
      try (TestTurnServer stopping = new TestTurnServer(another)) {
        socket.connect(stopping.address());
        UDPTransport line =
            new UDPTransport(socket, MTU) {
              @Override
              public void send(byte[] bytes, int offset, int length) throws IOException {
                if (!stopped.get()) { // nobody hears the client's answer
                  super.send(bytes, offset, length);
                }
              }

              @Override
              public void close() {
                told.set(true);
              }
            };
        session = new DTLSClientProtocol().connect(new TrustingPeer(shown -> {}), line);
        ask(session, StunBytes.REQUEST);
      }
      stopped.set(true);
      await()
          .until(() -> {
            session.receive(new byte[MTU], 0, MTU, 100);
            return told.get();
          });
    }
  }

  private static byte[] ask(DTLSTransport session, byte[] request) throws Exception {
    session.send(request, 0, request.length);
    byte[] answer = new byte[MTU];
    int bytes = session.receive(answer, 0, answer.length, 10_000);
    return Arrays.copyOf(answer, bytes);
  }

  private static InetSocketAddress mapped(byte[] answer) throws Exception {
    return StunCodec.decode(Unpooled.wrappedBuffer(answer))
        .first(XorMappedAddress.class)
        .orElseThrow()
        .address();
  }
}
