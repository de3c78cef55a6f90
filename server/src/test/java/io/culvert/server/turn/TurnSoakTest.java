package io.culvert.server.turn;

import static io.culvert.server.turn.TestTurnServer.ALICE;
import static io.culvert.server.turn.TestTurnServer.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.culvert.server.ErrorLog;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.MobilityTicket;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.ReservationToken;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
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
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Case 53: clients come, use everything there is, and go, with and without a word, while Netty
 * watches every buffer; and the server is as it was. It takes 12 seconds, or as long as {@code
 * -Dculvert.soak=PT1H} says; what expires by itself only after minutes is part of a long one.
 */
class TurnSoakTest {
  private static final String LENGTH = "culvert.soak";
  private static final String USUAL_LENGTH = "PT12S";
  private static final int WORKERS = 8;
  private static final int PORTS = 200;

  /** Below those that systems give away by themselves, and not the same in two runs at a time. */
  private static final int FIRST_PORT = 20_200 + PORTS * (int) (ProcessHandle.current().pid() % 50);

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final StunAttribute TCP = new RequestedTransport(6);
  private static final MobilityTicket WANTED = new MobilityTicket(new byte[0]);
  private static final Duration RESERVED_FOR = Duration.ofSeconds(40);
  private static final Duration ALLOCATED_FOR = Duration.ofSeconds(620);

  /** What the JVM itself adds and takes in the course of time. */
  private static final long TOLERATED_BYTES = 16 << 20;

  @TempDir private Path data;

  private final Duration length = Duration.parse(System.getProperty(LENGTH, USUAL_LENGTH));
  private final Level levelBefore = ResourceLeakDetector.getLevel();
  private final AtomicLong lives = new AtomicLong();
  private final AtomicLong lastLeft = new AtomicLong();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final AtomicInteger places = new AtomicInteger();
  private final ErrorLog log = new ErrorLog();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
  private final ServerSocket tcpPeer = new ServerSocket(0, 50);
  private long endNanos;

  TurnSoakTest() throws IOException {}

  /** What the server costs when nobody uses it. */
  private record Costs(long heap, long direct, long descriptors) {}

  @BeforeEach
  void watchBuffers() {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    threads.submit(this::echoDatagrams);
    threads.submit(this::echoConnections);
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    tcpPeer.close();
    threads.close();
    log.close();
    ResourceLeakDetector.setLevel(levelBefore);
  }

  @Test
  void afterAllHaveGoneTheServerIsAsItWas() throws Exception {
    try (TestTurnServer server =
        new TestTurnServer(
            data,
            "turn.threads=2",
            "turn.relay-ports=\"%d-%d\"".formatted(FIRST_PORT, FIRST_PORT + PORTS - 1),
            "turn.max-allocations-per-user=" + PORTS)) {
      churn(server, length.dividedBy(4));
      Costs before = costs(server);
      long livesBefore = lives.get();
      churn(server, length.multipliedBy(3).dividedBy(4));
      Costs after = costs(server);
      System.err.printf(
          "soak: %d lives, then %d more: %s, then %s%n",
          livesBefore, lives.get() - livesBefore, before, after);

      assertThat(after.heap() - before.heap()).as("heap").isLessThan(TOLERATED_BYTES);
      assertThat(after.direct() - before.direct()).as("direct").isLessThan(TOLERATED_BYTES);
      assertThat(after.descriptors()).as("files").isLessThanOrEqualTo(before.descriptors() + 8);
      everyPortCanBeHad(server);
    }
    assertThat(log.messages()).as("leaks, warnings and errors").isEmpty();
  }

  private void churn(TestTurnServer server, Duration time) throws Exception {
    endNanos = System.nanoTime() + time.toNanos();
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      Random random = new Random(i);
      workers.add(threads.submit(() -> live(server, random)));
    }
    for (Future<?> worker : workers) {
      try {
        worker.get();
      } catch (ExecutionException e) {
        throw new AssertionError("a client has not been served", e.getCause());
      }
    }
    await().atMost(ALLOCATED_FOR).until(() -> server.turn().allocations() == 0);
  }

  private boolean hasStill(Duration time) {
    return System.nanoTime() + time.toNanos() - endNanos < 0;
  }

  /** Whether something may be left that takes so long to expire: one in a second, of 200 ports. */
  private boolean mayLeave(Duration time) {
    long second = System.nanoTime() / Duration.ofSeconds(1).toNanos();
    return hasStill(time) && lastLeft.getAndSet(second) != second;
  }

  private @SuppressWarnings("NullAway") Void live(TestTurnServer server, Random random)
      throws Exception {
    List<Callable<?>> ways =
        List.of(
            () -> relayed(server, random),
            () -> reserved(server, random),
            () -> moved(server, random),
            () -> vanished(server, random),
            () -> connected(server),
            () -> refused(server));
    while (hasStill(Duration.ZERO) && !failed.get()) {
      try {
        ways.get(random.nextInt(ways.size())).call();
      } catch (Exception | AssertionError e) {
        failed.set(true);
        throw e;
      }
      lives.incrementAndGet();
    }
    return null;
  }

  private StunAttribute echo() {
    return new XorPeerAddress(new InetSocketAddress(LOOPBACK, peer.getLocalPort()));
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(1200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static UserKeys user(Random random) {
    return random.nextBoolean() ? ALICE : BOB;
  }

  private boolean relayed(TestTurnServer server, Random random) throws IOException {
    UserKeys user = user(random);
    try (RealClient client =
        random.nextBoolean()
            ? RealClient.udp(server.address(), user)
            : RealClient.tcp(server.address(), user)) {
      client.done(StunMessage.ALLOCATE, UDP, new EvenPort(false));
      client.done(StunMessage.CREATE_PERMISSION, echo());
      client.done(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4000), echo());
      for (int i = 0; i < 20; i++) {
        client.echo(0x4000, bytes(random));
      }
      client.done(StunMessage.REFRESH);
      client.done(StunMessage.REFRESH, new Lifetime(0));
    }
    return true;
  }

  private boolean reserved(TestTurnServer server, Random random) throws IOException {
    UserKeys user = user(random);
    boolean leaves = mayLeave(RESERVED_FOR);
    try (RealClient first = RealClient.udp(server.address(), user);
        RealClient second = RealClient.udp(server.address(), user)) {
      StunMessage answer = first.done(StunMessage.ALLOCATE, UDP, new EvenPort(true));
      if (!leaves) {
        StunAttribute token = answer.first(ReservationToken.class).orElseThrow();
        second.done(StunMessage.ALLOCATE, UDP, token);
        second.done(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4001), echo());
        second.echo(0x4001, bytes(random));
        second.done(StunMessage.REFRESH, new Lifetime(0));
      }
      first.done(StunMessage.REFRESH, new Lifetime(0));
    }
    return true;
  }

  private boolean moved(TestTurnServer server, Random random) throws IOException {
    UserKeys user = user(random);
    try (RealClient here = RealClient.udp(server.address(), user);
        RealClient there = RealClient.udp(server.address(), user)) {
      StunMessage answer = here.done(StunMessage.ALLOCATE, UDP, WANTED);
      here.done(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4002), echo());
      here.echo(0x4002, bytes(random));
      StunAttribute ticket = answer.first(MobilityTicket.class).orElseThrow();
      there.done(StunMessage.REFRESH, ticket);
      there.echo(0x4002, bytes(random));
      there.done(StunMessage.REFRESH, new Lifetime(0));
    }
    return true;
  }

  /** Connections end without a word and in the midst of a message; over UDP nobody notices. */
  private boolean vanished(TestTurnServer server, Random random) throws IOException {
    try (RealClient client =
        server.turn().allocations() < PORTS / 4 && mayLeave(ALLOCATED_FOR)
            // Not where another client may soon be, at the same port.
            ? RealClient.udp(elsewhere(), server.address(), ALICE)
            : RealClient.tcp(server.address(), ALICE)) {
      client.done(StunMessage.ALLOCATE, UDP);
      client.done(StunMessage.CHANNEL_BIND, new ChannelNumber(0x4003), echo());
      client.echo(0x4003, bytes(random));
      client.send(new byte[] {0x40, 3, 1, 0, 42});
    }
    return true;
  }

  /** Another address of this machine each time. */
  private InetAddress elsewhere() throws IOException {
    int number = places.incrementAndGet();
    return InetAddress.getByAddress(new byte[] {127, 1, (byte) (number >> 8), (byte) number});
  }

  /** RFC 6062. */
  private boolean connected(TestTurnServer server) throws IOException {
    // The system does not connect the same two addresses and ports again within a second.
    InetSocketAddress to = new InetSocketAddress(elsewhere(), tcpPeer.getLocalPort());
    try (RealClient control = RealClient.tcp(server.address(), BOB);
        Socket socket = new Socket(LOOPBACK, server.turn().port());
        RealClient connection = RealClient.on(socket, BOB)) {
      control.done(StunMessage.ALLOCATE, TCP);
      StunMessage connected = control.done(StunMessage.CONNECT, new XorPeerAddress(to));
      ConnectionId id = connected.first(ConnectionId.class).orElseThrow();
      if (id.id() % 8 != 0) {
        connection.done(StunMessage.CONNECTION_BIND, id);
        socket.setSoTimeout(10_000);
        byte[] hello = {1, 2, 3, 4, 5};
        socket.getOutputStream().write(hello);
        assertThat(socket.getInputStream().readNBytes(5)).isEqualTo(hello);
      }
    }
    return true;
  }

  private boolean refused(TestTurnServer server) throws IOException {
    UserKeys mallory = UserKeys.of("mallory", TestTurnServer.REALM, "guess");
    try (RealClient stranger = RealClient.udp(server.address(), mallory)) {
      assertThat(stranger.code(StunMessage.ALLOCATE, UDP)).isEqualTo(401);
      stranger.send(new byte[] {0, 3, 0, 0, 1, 2, 3});
      stranger.send(
          stranger.signed(stranger.request(StunMessage.SEND, echo(), new Data(new byte[5]))));
    }
    return true;
  }

  /** As many as there are, and then no more: no port has been lost, and no place in the quota. */
  private static void everyPortCanBeHad(TestTurnServer server) throws IOException {
    List<RealClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < PORTS; i++) {
        RealClient client = RealClient.udp(server.address(), ALICE);
        clients.add(client);
        client.done(StunMessage.ALLOCATE, UDP);
      }
      try (RealClient oneMore = RealClient.udp(server.address(), ALICE);
          RealClient another = RealClient.udp(server.address(), BOB)) {
        assertThat(oneMore.code(StunMessage.ALLOCATE, UDP)).isEqualTo(486);
        assertThat(another.code(StunMessage.ALLOCATE, UDP)).isEqualTo(508);
      }
    } finally {
      for (RealClient client : clients) {
        client.close();
      }
    }
  }

  private static Costs costs(TestTurnServer server) throws IOException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      var memory = ManagementFactory.getMemoryMXBean();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    try (RealClient client = RealClient.udp(server.address(), ALICE)) {
      client.done(StunMessage.BINDING); // leaks are reported when the next buffer is watched
    }
    long pools =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return new Costs(least, pools + direct(), descriptors());
  }

  private static long direct() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider netty
        ? netty.metric().usedDirectMemory()
        : 0;
  }

  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  private void echoDatagrams() {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    try {
      while (true) {
        packet.setLength(2000);
        peer.receive(packet);
        peer.send(packet);
      }
    } catch (IOException e) {
      assertThat(e).as("the end of the test").isInstanceOf(SocketException.class);
    }
  }

  private void echoConnections() {
    try {
      while (true) {
        Socket socket = tcpPeer.accept();
        threads.submit(() -> echo(socket));
      }
    } catch (IOException e) {
      assertThat(e).as("the end of the test").isInstanceOf(SocketException.class);
    }
  }

  private static long echo(Socket socket) throws IOException {
    try (socket) {
      return socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }
}
