package io.culvert.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.Proxies;
import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.net.TestAuthority.Identity;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerConnectException.Reason;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Plain;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.ServerTrust.Pinned;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServerDialerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String NAME = "server.test";

  private final EventLoopGroup loops = Transport.NIO.eventLoops(1, "dialer-test");
  private final TestAuthority authority = new TestAuthority();
  private final ServerDialer dialer =
      new ServerDialer(loops.next(), Proxies.none(), ApplicationProtocol.FLOW, authority.trusted());
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  ServerDialerTest() throws Exception {}

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @ParameterizedTest
  @EnumSource(names = {"REQUIRED", "PREFERRED"})
  void aCertificateOfAnAuthorityIsTrustedForItsName(TlsPolicy policy) throws Exception {
    Identity identity = authority.vouchFor(NAME);
    try (TestServer server = TestServer.encrypted(identity)) {
      expectEcho(
          dial(server, policy, new Authorities()),
          new Encrypted(fingerprint(identity), Verification.AUTHORITY));
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void notForAnotherName() throws Exception {
    Identity identity = authority.vouchFor("other.test");
    try (TestServer server = TestServer.encrypted(identity)) {
      expectRefusal(
          server,
          TlsPolicy.PREFERRED,
          new Authorities(),
          "The certificate of server.test cannot be trusted: it is for another name. If its operator"
              + " confirms that it is %s, connect with this fingerprint.",
          fingerprint(identity));
    }
  }

  @Test
  void norWhenItHasExpired() throws Exception {
    Identity identity = authority.vouchFor(NAME, Instant.parse("2021-01-01T00:00:00Z"));
    try (TestServer server = TestServer.encrypted(identity)) {
      expectRefusal(
          server,
          TlsPolicy.PREFERRED,
          new Authorities(),
          "The certificate of server.test cannot be trusted: it has expired. If its operator"
              + " confirms that it is %s, connect with this fingerprint.",
          fingerprint(identity));
    }
  }

  @Test
  void norOneThatNobodyVouchesFor() throws Exception {
    Identity identity = TestAuthority.selfSigned();
    try (TestServer server = TestServer.encrypted(identity)) {
      expectRefusal(
          server,
          TlsPolicy.PREFERRED,
          new Authorities(),
          "The certificate of server.test cannot be trusted: no authority that this machine trusts"
              + " vouches for it. If its operator confirms that it is %s, connect with this"
              + " fingerprint.",
          fingerprint(identity));
    }
  }

  @Test
  void aPinnedCertificateNeedsNoAuthorityAndNoName() throws Exception {
    Identity identity = TestAuthority.selfSigned();
    try (TestServer server = TestServer.encrypted(identity)) {
      expectEcho(
          dial(server, TlsPolicy.PREFERRED, new Pinned(fingerprint(identity))),
          new Encrypted(fingerprint(identity), Verification.FINGERPRINT));
    }
  }

  @Test
  void anyOtherIsRefusedWhoeverVouchesForIt() throws Exception {
    Identity identity = authority.vouchFor(NAME);
    Fingerprint remembered = fingerprint(TestAuthority.selfSigned());
    try (TestServer server = TestServer.encrypted(identity)) {
      expectRefusal(
          server,
          TlsPolicy.PREFERRED,
          new Pinned(remembered),
          "The certificate of server.test is not the one that was remembered: %s instead of "
              + remembered
              + ". Either the server has a new one, or somebody else answers in its place: ask its"
              + " operator which is right.",
          fingerprint(identity));
    }
  }

  @Test
  void theFirstUseTellsWhatToRemember() throws Exception {
    Identity identity = TestAuthority.selfSigned();
    try (TestServer server = TestServer.encrypted(identity)) {
      expectEcho(
          dial(server, TlsPolicy.PREFERRED, new FirstUse()),
          new Encrypted(fingerprint(identity), Verification.FIRST_USE));
    }
  }

  @Test
  void whatAnAuthorityVouchesForNeedsNoRemembering() throws Exception {
    Identity identity = authority.vouchFor(NAME);
    try (TestServer server = TestServer.encrypted(identity)) {
      expectEcho(
          dial(server, TlsPolicy.REQUIRED, new FirstUse()),
          new Encrypted(fingerprint(identity), Verification.AUTHORITY));
    }
  }

  @Test
  void aServerThatTakesTheClientHelloForAFrameIsSpokenToPlainly() throws Exception {
    try (TestServer server =
        TestServer.plain(connection -> {
          int first = connection.getInputStream().read();
          if (first == 0x16) {
            TestServer.SILENCE.on(connection);
          } else {
            connection.getOutputStream().write(first);
            TestServer.ECHO.on(connection);
          }
        })) {
      expectEcho(dial(server, TlsPolicy.PREFERRED, new FirstUse()), new Plain());
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "HTTP/1.1 400 Bad Request\r\n", "\0\2{}", "\26", "\26\4", "\25x"})
  void soIsOneThatClosesOrSaysSomethingElse(String answer) throws Exception {
    try (TestServer server =
        TestServer.plain(connection -> {
          int first = connection.getInputStream().read();
          if (first == 0x16) {
            connection.getOutputStream().write(answer.getBytes(US_ASCII));
          } else {
            connection.getOutputStream().write(first);
            TestServer.ECHO.on(connection);
          }
        })) {
      expectEcho(dial(server, TlsPolicy.PREFERRED, new Authorities()), new Plain());
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x"})
  void neverWhenTlsIsRequiredOrTheCertificateIsPinned(String answer) throws Exception {
    try (TestServer server =
        TestServer.plain(connection -> {
          connection.getInputStream().read();
          connection.getOutputStream().write(answer.getBytes(US_ASCII));
        })) {
      Pinned pinned = new Pinned(fingerprint(TestAuthority.selfSigned()));
      String sentence =
          "The server server.test:%d does not speak TLS, which is required."
              .formatted(server.as(NAME).getPort());
      expectFailure(dial(server, TlsPolicy.PREFERRED, pinned), Reason.NOT_ENCRYPTED, sentence);
      expectFailure(
          dial(server, TlsPolicy.REQUIRED, new FirstUse()), Reason.NOT_ENCRYPTED, sentence);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aSilentServerIsWaitedForNoLongerThanAskedWhenTlsIsRequired() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.SILENCE)) {
      expectFailure(
          dialer.dial(
              server.as(NAME),
              TlsPolicy.REQUIRED,
              new FirstUse(),
              Duration.ofMillis(200),
              pipeline -> {}),
          Reason.NOT_ENCRYPTED,
          "The server server.test:%d does not speak TLS, which is required."
              .formatted(server.as(NAME).getPort()));
    }
  }

  @Test
  void aServerThatSpeaksTlsAndFailsIsNotSpokenToPlainly() throws Exception {
    byte[] handshakeFailure = {0x15, 3, 3, 0, 2, 2, 40};
    try (TestServer server =
        TestServer.plain(connection -> {
          connection.getInputStream().read();
          connection.getOutputStream().write(handshakeFailure);
        })) {
      CompletableFuture<Dialed> dialed = dial(server, TlsPolicy.PREFERRED, new FirstUse());
      assertThatThrownBy(dialed::get)
          .cause()
          .isInstanceOfSatisfying(
              ServerConnectException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.NOT_ENCRYPTED))
          .hasMessageStartingWith("The TLS handshake with the server server.test:")
          .hasMessageContaining("handshake_failure");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void withoutTlsNothingIsTried() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.ECHO)) {
      expectEcho(dial(server, TlsPolicy.NONE, new FirstUse()), new Plain());
      assertThat(server.connections()).isEqualTo(1);
      assertThatThrownBy(() ->
              dial(server, TlsPolicy.NONE, new Pinned(fingerprint(TestAuthority.selfSigned()))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aServerThatSpeaksFirstIsHeard() throws Exception {
    try (TestServer server =
        TestServer.plain(connection -> {
          connection.getOutputStream().write('!');
          TestServer.SILENCE.on(connection);
        })) {
      for (int i = 0; i < 100; i++) {
        Dialed dialed = dial(server, TlsPolicy.NONE, new FirstUse()).get();
        assertThat(received.take()).isEqualTo("!");
        dialed.channel().close().sync();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereNobodyListensIsSaidSo(TlsPolicy policy) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    expectFailure(
        dialer.dial(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
            policy,
            new FirstUse(),
            PATIENCE,
            pipeline -> {}),
        Reason.UNREACHABLE,
        "The server 127.0.0.1:%d cannot be reached: connection refused.".formatted(port));
  }

  @Test
  void whoeverGivesUpLeavesNoConnectionBehind() throws Exception {
    BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    try (TestServer server =
        TestServer.plain(connection -> {
          int first = connection.getInputStream().read();
          ended.add(first);
          TestServer.SILENCE.on(connection);
          ended.add(-1);
        })) {
      CompletableFuture<Dialed> dialed = dial(server, TlsPolicy.REQUIRED, new FirstUse());
      assertThat(ended.take()).isEqualTo(0x16);
      dialed.cancel(false);
      assertThat(ended.take()).isEqualTo(-1);
    }
  }

  @Test
  void theServerIsToldWhatIsToBeSpoken() throws Exception {
    BlockingQueue<String> said = new LinkedBlockingQueue<>();
    try (TestServer server =
        TestServer.plain(connection -> {
          DataInputStream in = new DataInputStream(connection.getInputStream());
          in.skipNBytes(3);
          said.add(new String(in.readNBytes(in.readUnsignedShort()), US_ASCII));
        })) {
      dial(server, TlsPolicy.REQUIRED, new FirstUse());

      assertThat(said.take()).contains("\0\020\0\017\0\015\014culvert-flow"); // RFC 7301 §3.1
    }
  }

  private CompletableFuture<Dialed> dial(TestServer server, TlsPolicy policy, ServerTrust trust)
      throws Exception {
    return dialer.dial(
        server.as(NAME), policy, trust, PATIENCE, pipeline -> pipeline.addLast(new Receiver()));
  }

  private void expectEcho(CompletableFuture<Dialed> dialing, ServerSecurity security)
      throws Exception {
    Dialed dialed = dialing.get();
    assertThat(dialed.security()).isEqualTo(security);
    dialed.channel().writeAndFlush(Unpooled.copiedBuffer("h", US_ASCII));
    assertThat(received.take()).isEqualTo("h");
    dialed.channel().close().sync();
  }

  private void expectRefusal(
      TestServer server, TlsPolicy policy, ServerTrust trust, String sentence, Fingerprint seen)
      throws Exception {
    expectFailure(
        dial(server, policy, trust), Reason.NOT_TRUSTED, sentence.replace("%s", seen.toString()));
    assertThat(server.connections()).as("connections, none of them plain").isEqualTo(1);
  }

  private static void expectFailure(
      CompletableFuture<Dialed> dialed, Reason reason, String sentence) {
    assertThatThrownBy(dialed::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ServerConnectException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(sentence);
  }

  private static Fingerprint fingerprint(Identity identity) {
    return Fingerprint.of(identity.chain().getFirst());
  }

  private final class Receiver extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      received.add(message.toString(US_ASCII));
    }
  }
}
