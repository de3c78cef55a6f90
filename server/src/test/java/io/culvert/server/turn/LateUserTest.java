package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.auth.TurnUsers;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users who are not in memory yet. */
@Timeout(60)
class LateUserTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String REALM = "culvert";
  private static final StunKey KEY = StunKey.longTerm(PasswordAlgorithm.MD5, "bob", REALM, "pw");

  @TempDir private static Path data;

  /** A store that answers when it is told to. */
  private static final class SlowStore implements TurnUsers {
    final LinkedBlockingQueue<CompletableFuture<Optional<UserKeys>>> asked =
        new LinkedBlockingQueue<>();
    final CompletableFuture<Optional<UserKeys>> answer = new CompletableFuture<>();

    @Override
    public CompletableFuture<Optional<UserKeys>> find(String name) {
      asked.add(answer);
      return answer;
    }

    @Override
    public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
      return find("");
    }
  }

  /** A store that fails each time, though not at once. */
  private static final class BrokenStore implements TurnUsers {
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public CompletableFuture<Optional<UserKeys>> find(String name) {
      asked.incrementAndGet();
      return CompletableFuture.supplyAsync(
          () -> {
            throw new IllegalStateException("the disk is full");
          },
          CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
    }

    @Override
    public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
      return find("");
    }
  }

  /** Asked again and again, a database that is in trouble would only be in more. */
  @Test
  void aStreamWhoseUserCannotBeLookedUpIsToldAndGoesOn() throws Exception {
    BrokenStore store = new BrokenStore();
    try (ServerCertificate certificate = certificate();
        TurnServer server = server(store, certificate);
        RealClient client =
            RealClient.tcp(
                new InetSocketAddress(LOOPBACK, server.port()), UserKeys.of("bob", REALM, "pw"))) {
      assertThat(client.code(StunMessage.ALLOCATE, new RequestedTransport(17))).isEqualTo(500);
      assertThat(store.asked).hasValue(1);
      assertThat(client.code(StunMessage.ALLOCATE, new RequestedTransport(17))).isEqualTo(500);
      assertThat(store.asked).hasValue(2);
      assertThat(server.counters()).containsEntry(TurnCounter.SERVER_ERROR, 2L);
    }
  }

  @Test
  void aClientOverUdpWhoseUserCannotBeLookedUpIsTold() throws Exception {
    try (ServerCertificate certificate = certificate();
        TurnServer server = server(new BrokenStore(), certificate);
        RealClient client =
            RealClient.udp(
                new InetSocketAddress(LOOPBACK, server.port()), UserKeys.of("bob", REALM, "pw"))) {
      assertThat(client.code(StunMessage.ALLOCATE, new RequestedTransport(17))).isEqualTo(500);
    }
  }

  private static ServerCertificate certificate() throws Exception {
    return ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
  }

  private static TurnServer server(TurnUsers users, ServerCertificate certificate)
      throws Exception {
    return TurnServer.start(
        List.of(LOOPBACK),
        Optional.empty(),
        TestConfigs.with("turn.port=0", "turn.tls-port=0").turn(),
        new Credentials(REALM, users),
        new TlsFront(certificate),
        certificate);
  }

  @Test
  void aClientOverUdpWhoseUserHasToBeLookedUpNeedNotAskTwice() throws Exception {
    SlowStore store = new SlowStore();
    try (ServerCertificate certificate = certificate();
        TurnServer server = server(store, certificate);
        DatagramSocket client = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      client.connect(new InetSocketAddress(LOOPBACK, server.port()));
      send(client, allocate(null));
      StunMessage challenge = receive(client);
      String nonce = challenge.first(Nonce.class).orElseThrow().value();

      send(client, allocate(nonce));
      assertThat(store.asked.poll(10, TimeUnit.SECONDS)).isNotNull();
      store.answer.complete(Optional.of(UserKeys.of("bob", REALM, "pw")));

      assertThat(receive(client).messageClass()).isEqualTo(StunClass.SUCCESS);
    }
  }

  /** Without PASSWORD-ALGORITHMS, as clients of RFC 5389 ask. */
  private static byte[] allocate(@Nullable String nonce) {
    ByteBuf bytes = Unpooled.buffer();
    StunWriter writer =
        new StunWriter()
            .begin(bytes, StunClass.REQUEST, StunMessage.ALLOCATE, 1, 2L)
            .unsignedByte(AttributeType.REQUESTED_TRANSPORT, 17);
    if (nonce != null) {
      writer
          .text(AttributeType.USERNAME, "bob")
          .text(AttributeType.REALM, REALM)
          .text(AttributeType.NONCE, nonce)
          .messageIntegrity(KEY);
    }
    return ByteBufUtil.getBytes(bytes);
  }

  private static void send(DatagramSocket client, byte[] message) throws Exception {
    client.send(new DatagramPacket(message, message.length));
  }

  /** Fails when nothing comes. */
  private static StunMessage receive(DatagramSocket client) throws Exception {
    client.setSoTimeout(5_000);
    DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
    try {
      client.receive(answer);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no answer", e);
    }
    return StunCodec.decode(
        Unpooled.wrappedBuffer(Arrays.copyOf(answer.getData(), answer.getLength())));
  }
}
