package io.culvert.server.turn;

import static io.culvert.server.turn.TestTurnServer.ALICE;
import static io.culvert.server.turn.TestTurnServer.BOB;
import static io.culvert.server.turn.TestTurnServer.REALM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.config.TurnConfig;
import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.auth.TimeLimited;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The policy, the secrets and the limits change again and again while data is relayed. */
@Timeout(60)
class ReloadTest {
  private static final int ROUNDS = 40;
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final ChannelNumber CHANNEL = new ChannelNumber(0x4000);

  /** Who is allowed and who is denied; nothing is sent to him while he is allowed. */
  private static final XorPeerAddress SOMEBODY =
      new XorPeerAddress(new InetSocketAddress("198.51.100.7", 7000));

  private static final String[] OPEN = {
    "turn.allow-loopback-peers=true",
    "turn.allow-peers=[\"198.51.100.0/24\"]",
    "turn.secrets=[\"one\"]",
    "turn.max-allocations-per-user=9"
  };
  private static final String[] STRICT = {
    "turn.allow-loopback-peers=true",
    "turn.deny-peers=[\"198.51.100.0/24\"]",
    "turn.secrets=[\"two\"]",
    "turn.max-allocations-per-user=1"
  };

  @TempDir private static Path data;

  private final ErrorLog log = new ErrorLog();
  private final TestTurnServer server = new TestTurnServer(data, OPEN);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));

  /** In whose way the changes must not be. */
  private final RealClient alice = RealClient.udp(server.address(), ALICE);

  private final RealClient bob = RealClient.udp(server.address(), BOB);
  private final AtomicInteger bursts = new AtomicInteger();
  private volatile boolean enough;

  ReloadTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    enough = true;
    peer.close();
    threads.close();
    alice.close();
    bob.close();
    server.close();
    assertThat(log.messages()).isEmpty();
    log.close();
  }

  @Test
  void whatIsPermittedIsRelayedAndWhatIsForbiddenIsRefusedFromThenOn() throws Exception {
    TurnConfig open = TestConfigs.with(OPEN).turn();
    TurnConfig strict = TestConfigs.with(STRICT).turn();
    Future<?> traffic = relaying();
    bob.done(StunMessage.ALLOCATE, UDP);

    for (int round = 0; round < ROUNDS; round++) {
      server.turn().reconfigure(open);
      burstAfter(bursts.get());
      assertThat(bob.code(StunMessage.CREATE_PERMISSION, SOMEBODY)).isZero();
      assertThat(another(ALICE)).isZero();
      assertThat(another(carol("one"))).isZero();
      assertThat(another(carol("two"))).isEqualTo(401);

      server.turn().reconfigure(strict);
      burstAfter(bursts.get());
      assertThat(bob.code(StunMessage.CREATE_PERMISSION, SOMEBODY)).isEqualTo(403);
      assertThat(bob.code(StunMessage.CHANNEL_BIND, CHANNEL, SOMEBODY)).isEqualTo(403);
      permissionsOfBeforeDoNotCount(round + 1);
      assertThat(another(ALICE)).isEqualTo(486);
      assertThat(another(carol("one"))).isEqualTo(401);
      assertThat(another(carol("two"))).isZero();
    }
    enough = true;
    traffic.get(20, TimeUnit.SECONDS);
  }

  /** RFC 8656 §9 leaves it open for how long; a packet with an address is looked at each time. */
  private void permissionsOfBeforeDoNotCount(int packets) throws IOException {
    bob.send(indication(SOMEBODY, new byte[10]));
    await().until(() -> server.turn().traffic().getOrDefault(Figure.FORBIDDEN_PEER, 0L) == packets);
  }

  /** The code of an Allocate of somebody new, who does not keep it. */
  private int another(UserKeys user) throws IOException {
    try (RealClient client = RealClient.udp(server.address(), user)) {
      int code = client.code(StunMessage.ALLOCATE, UDP);
      if (code == 0) {
        client.done(StunMessage.REFRESH, new Lifetime(0));
      }
      return code;
    }
  }

  private static UserKeys carol(String secret) {
    String name = "9999999999:carol";
    return UserKeys.of(name, REALM, TimeLimited.password(secret, name));
  }

  private void burstAfter(int before) {
    await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> bursts.get() > before + 1);
  }

  /** Alice's data comes back from her peer, all of it, until it is enough. */
  private Future<?> relaying() throws Exception {
    XorPeerAddress address = new XorPeerAddress((InetSocketAddress) peer.getLocalSocketAddress());
    alice.done(StunMessage.ALLOCATE, UDP);
    alice.done(StunMessage.CHANNEL_BIND, CHANNEL, address);
    threads.submit(this::echo);
    return threads.submit(() -> {
      for (int burst = 0; !enough; burst++) {
        relay(burst, address);
        bursts.incrementAndGet();
      }
      return true;
    });
  }

  /** As many as any buffer holds, through the channel and in indications. */
  private void relay(int burst, XorPeerAddress address) throws IOException {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String text = burst + "/" + i;
      byte[] bytes = text.getBytes(US_ASCII);
      alice.send(i % 2 == 0 ? channelData(bytes) : indication(address, bytes));
      sent.add(text);
    }
    Set<String> arrived = new HashSet<>();
    int patience = 40;
    while (arrived.size() < sent.size() && patience > 0) {
      try {
        byte[] message = alice.receive();
        arrived.add(new String(message, 4, (message[2] << 8 | message[3]) & 0xffff, US_ASCII));
      } catch (SocketTimeoutException e) {
        patience--;
      }
    }
    assertThat(arrived).containsExactlyInAnyOrderElementsOf(sent);
  }

  private static byte[] channelData(byte[] bytes) {
    ByteBuf out = Unpooled.buffer().writeShort(CHANNEL.number()).writeShort(bytes.length);
    return ByteBufUtil.getBytes(out.writeBytes(bytes));
  }

  private static byte[] indication(XorPeerAddress to, byte[] bytes) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(
        new StunMessage(
            StunClass.INDICATION,
            StunMessage.SEND,
            new TransactionId(1, 2),
            List.of(to, new Data(bytes))),
        out);
    return ByteBufUtil.getBytes(out);
  }

  private boolean echo() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    while (true) {
      try {
        packet.setLength(1500);
        peer.receive(packet);
        peer.send(packet);
      } catch (SocketException e) {
        return true; // the test is over
      }
    }
  }
}
