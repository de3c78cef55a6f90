package io.culvert.server.turn.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The allocation's loop is one, that of the client's connections another. */
@Timeout(60)
class TcpRelayTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final int MUCH = 8 << 20;

  private final EventLoopGroup loops = Transport.best().eventLoops(2, "tcp-relay-test");
  private final EventLoop loop = loops.next();
  private final EventLoop clientLoop = loops.next();
  private final UnboundConnections unbound = new UnboundConnections();
  private final BlockingQueue<PeerConnection> attempts = new LinkedBlockingQueue<>();
  private final BlockingQueue<ChannelHandlerContext> clients = new LinkedBlockingQueue<>();
  private final ErrorLog log = new ErrorLog();
  private final AtomicLong toPeer = new AtomicLong();
  private final AtomicLong toClient = new AtomicLong();
  private volatile boolean admits = true;
  private volatile Meter meter = bytes -> true;
  private TcpRelay relay;
  private Channel clientListener;

  @BeforeEach
  void open() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
      port = free.getLocalPort();
    }
    relay =
        loop.submit(() ->
                TcpRelay.open(loop, new InetSocketAddress(HERE, port), new Owner(), unbound, 7))
            .get();
    clientListener =
        new ServerBootstrap()
            .group(clientLoop)
            .channelFactory(Transport.best().serverSockets(SocketProtocolFamily.INET))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Waiting());
                  }
                })
            .bind(HERE, 0)
            .sync()
            .channel();
  }

  @AfterEach
  void close() {
    loop.submit(relay::close).awaitUninterruptibly();
    clientListener.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    assertThat(log.messages()).isEmpty();
    log.close();
  }

  @Test
  void aPeerThatConnectsIsAnnouncedAndBound() throws Exception {
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      expectEchoes(client, peer);
    }
  }

  @Test
  void whatPassesIsCounted() throws Exception {
    try (Socket peer = new Socket(HERE, port())) {
      peer.getOutputStream().write(new byte[3000]);
      PeerConnection connection = attempt();
      assertThat(toClient).hasValue(0); // nobody has got it
      try (Socket client = bound(connection)) {
        client.getInputStream().skipNBytes(3000);
        client.getOutputStream().write(new byte[2000]);
        peer.getInputStream().skipNBytes(2000);
        assertThat(toClient).hasValue(3000);
        assertThat(toPeer).hasValue(2000);
      }
    }
  }

  @Test
  void aPeerIsConnectedToFromTheRelayedAddress() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
      PeerConnection connection = connect(listener).get(10, TimeUnit.SECONDS);
      try (Socket peer = listener.accept();
          Socket client = bound(connection)) {
        assertThat(peer.getRemoteSocketAddress()).isEqualTo(relay.localAddress());
        assertThat(connection.peer()).isEqualTo(Endpoint.of(HERE, listener.getLocalPort()));
        expectEchoes(client, peer);
      }
    }
  }

  @Test
  void severalPeersAreConnectedToFromOneAddress() throws Exception {
    try (ServerSocket one = new ServerSocket(0, 1, HERE);
        ServerSocket two = new ServerSocket(0, 1, HERE);
        Socket client = bound(connect(one).get(10, TimeUnit.SECONDS));
        Socket other = bound(connect(two).get(10, TimeUnit.SECONDS));
        Socket peer = one.accept();
        Socket otherPeer = two.accept()) {
      expectEchoes(client, peer);
      expectEchoes(other, otherPeer);
    }
  }

  @Test
  void whoDoesNotAcceptIsReported() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, HERE)) {
      port = closed.getLocalPort();
    }
    assertThat(connect(Endpoint.of(HERE, port))).failsWithin(10, TimeUnit.SECONDS);
    assertThat(unbound.size()).isZero();
    assertThat(on(() -> relay.hasConnection(Endpoint.of(HERE, port)))).isFalse();
  }

  @Test
  void aPeerThatMayNotConnectIsSentAway() throws Exception {
    admits = false;
    try (Socket peer = new Socket(HERE, port())) {
      expectEnd(peer);
    }
    assertThat(attempts).isEmpty();
    assertThat(unbound.size()).isZero();
  }

  @Test
  void aConnectionIsGivenToItsUserOnlyAndOnce() throws Exception {
    try (Socket peer = new Socket(HERE, port())) {
      PeerConnection connection = attempt();
      assertThat(unbound.claim(connection.id(), "mallory")).isNull();
      assertThat(unbound.claim(connection.id() + 1, "ann")).isNull();
      assertThat(unbound.claim(connection.id(), "ann")).isSameAs(connection);
      assertThat(unbound.claim(connection.id(), "ann")).isNull();
    }
  }

  @Test
  void whatAPeerSaysBeforeItIsBoundIsKept() throws Exception {
    try (Socket peer = new Socket(HERE, port())) {
      peer.getOutputStream().write("hello".getBytes(US_ASCII));
      peer.shutdownOutput();
      try (Socket client = bound(attempt())) {
        assertThat(client.getInputStream().readAllBytes()).isEqualTo("hello".getBytes(US_ASCII));
      }
    }
  }

  @Test
  void muchThatAPeerSaysBeforeItIsBoundIsKeptToo() throws Exception {
    byte[] much = much();
    try (Socket peer = new Socket(HERE, port())) {
      Thread writer = writing(peer, much, true);
      try (Socket client = bound(attempt())) {
        assertThat(client.getInputStream().readAllBytes())
            .satisfies(bytes -> assertThat(Arrays.equals(bytes, much)).isTrue());
      }
      writer.join();
    }
  }

  /** What has been sent fits into the kernel's buffers, so all of it has come, with its end. */
  @Test
  void theEndMayComeWhileNothingIsRead() throws Exception {
    byte[] some = Arrays.copyOf(much(), 300 << 10);
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      Thread writer = writing(peer, some, true);
      writer.join();
      assertThat(readSlowly(client)).satisfies(bytes -> assertThat(bytes).hasSize(some.length));
      client.getOutputStream().write("thanks".getBytes(US_ASCII));
      assertThat(peer.getInputStream().readNBytes(6)).isEqualTo("thanks".getBytes(US_ASCII));
    }
  }

  /** The same before there is anybody to read for. */
  @Test
  void theEndMayComeBeforeTheConnectionIsBound() throws Exception {
    byte[] some = Arrays.copyOf(much(), 300 << 10);
    try (Socket peer = new Socket(HERE, port())) {
      writing(peer, some, true).join();
      PeerConnection connection = attempt();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      try (Socket client = bound(connection)) {
        assertThat(client.getInputStream().readAllBytes()).hasSize(some.length);
      }
    }
  }

  /** A download: the request has ended long before the answer. */
  @Test
  void theEndOfOneDirectionIsNotTheEndOfTheOther() throws Exception {
    byte[] much = much();
    Endpoint address;
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      address = Endpoint.of(HERE, peer.getLocalPort());
      client.getOutputStream().write("get".getBytes(US_ASCII));
      client.shutdownOutput();
      assertThat(peer.getInputStream().readAllBytes()).isEqualTo("get".getBytes(US_ASCII));

      Thread writer = writing(peer, much, true);
      assertThat(readSlowly(client))
          .satisfies(bytes -> assertThat(Arrays.equals(bytes, much)).isTrue());
      writer.join();
    }
    await().until(() -> on(() -> !relay.hasConnection(address)));
  }

  /** An upload, that the peer is slow to take and acknowledges at its end. */
  @Test
  void theEndArrivesBehindWhatHasNotBeenReadYet() throws Exception {
    byte[] much = much();
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      Thread writer = writing(client, much, true);
      assertThat(readSlowly(peer))
          .satisfies(bytes -> assertThat(Arrays.equals(bytes, much)).isTrue());
      peer.getOutputStream().write("thanks".getBytes(US_ASCII));
      peer.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo("thanks".getBytes(US_ASCII));
      writer.join();
    }
  }

  @Test
  void whoDoesNotReadIsNotReadFor() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      client.setReceiveBufferSize(64 << 10);
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                byte[] bytes = new byte[16 << 10];
                try {
                  while (true) {
                    peer.getOutputStream().write(bytes);
                    written.addAndGet(bytes.length);
                  }
                } catch (IOException e) {
                  // the test is over
                }
              });
      // Kernels buffer some megabytes; a server that reads on would never stop.
      await()
          .during(1, TimeUnit.SECONDS)
          .atMost(30, TimeUnit.SECONDS)
          .until(
              new Callable<Boolean>() {
                private long last = -1;

                @Override
                public Boolean call() {
                  long now = written.get();
                  boolean same = now == last && now > 0;
                  last = now;
                  return same;
                }
              });
      peer.close();
      writer.join();
    }
  }

  @Test
  void aMeterSlowsReadingDownAndLosesNothing() throws Exception {
    AtomicLong allowed = new AtomicLong();
    meter = bytes -> allowed.incrementAndGet() % 3 == 0;
    byte[] much = Arrays.copyOf(much(), 1 << 18);
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      Thread writer = writing(peer, much, true);
      assertThat(client.getInputStream().readAllBytes())
          .satisfies(bytes -> assertThat(Arrays.equals(bytes, much)).isTrue());
      writer.join();
      assertThat(allowed.get()).isPositive();
    }
  }

  @Test
  void aResetOfOneEndsBoth() throws Exception {
    try (Socket peer = new Socket(HERE, port());
        Socket client = bound(attempt())) {
      expectEchoes(client, peer);
      peer.setSoLinger(true, 0);
      peer.close();
      expectEnd(client);
    }
  }

  /** At whatever moment it comes: the two loops may be about to join the ends. */
  @RepeatedTest(30)
  void theEndOfTheRelayIsTheEndOfItsConnections() throws Exception {
    try (Socket unboundPeer = new Socket(HERE, port())) {
      attempt();
      try (Socket peer = new Socket(HERE, port());
          Socket client = bound(attempt())) {
        loop.submit(relay::close).get();
        expectEnd(client);
        expectEnd(peer);
        expectEnd(unboundPeer);
        assertThat(unbound.size()).isZero();
      }
    }
  }

  @Test
  void aPeerThatLeavesIsForgotten() throws Exception {
    Endpoint address;
    try (Socket peer = new Socket(HERE, port())) {
      address = attempt().peer();
      assertThat(on(() -> relay.hasConnection(address))).isTrue();
      peer.setSoLinger(true, 0);
    }
    await().until(() -> unbound.size() == 0 && on(() -> !relay.hasConnection(address)));
  }

  @Test
  void thereAreSoManyConnectionsAndNoMore() throws Exception {
    Socket[] peers = new Socket[TcpRelay.MOST];
    for (int i = 0; i < peers.length; i++) {
      peers[i] = new Socket(HERE, port());
      attempt();
    }
    assertThat(on(relay::isFull)).isTrue();
    try (Socket another = new Socket(HERE, port())) {
      expectEnd(another);
    }
    for (Socket peer : peers) {
      peer.close();
    }
  }

  private PeerConnection attempt() throws InterruptedException {
    PeerConnection connection = attempts.poll(10, TimeUnit.SECONDS);
    assertThat(connection).isNotNull();
    return connection;
  }

  private int port() {
    return relay.localAddress().getPort();
  }

  private <T> T on(Callable<T> question) throws Exception {
    return loop.submit(question).get();
  }

  private CompletableFuture<PeerConnection> connect(ServerSocket to) {
    return connect(Endpoint.of(HERE, to.getLocalPort()));
  }

  private CompletableFuture<PeerConnection> connect(Endpoint peer) {
    CompletableFuture<PeerConnection> future = new CompletableFuture<>();
    loop.execute(() ->
        relay.connect(
            peer,
            peer,
            new TcpRelay.Outcome() {
              @Override
              public void connected(PeerConnection connection) {
                future.complete(connection);
              }

              @Override
              public void failed() {
                future.completeExceptionally(new IOException("not connected"));
              }
            }));
    return future;
  }

  /** A connection of the client that has been bound to a peer's. */
  private Socket bound(PeerConnection connection) throws Exception {
    InetSocketAddress to = (InetSocketAddress) clientListener.localAddress();
    Socket client = new Socket(to.getAddress(), to.getPort());
    ChannelHandlerContext ctx = clients.poll(10, TimeUnit.SECONDS);
    assertThat(ctx).isNotNull();
    assertThat(unbound.claim(connection.id(), "ann")).isSameAs(connection);
    clientLoop
        .submit(() -> {
          connection.bind(ctx);
          ctx.pipeline().remove(Waiting.class);
        })
        .get();
    return client;
  }

  private static Thread writing(Socket socket, byte[] bytes, boolean end) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            socket.getOutputStream().write(bytes);
            if (end) {
              socket.shutdownOutput();
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Nothing at all until buffers must be full, and then in small pieces. */
  private static byte[] readSlowly(Socket from) throws IOException {
    InputStream in = from.getInputStream();
    byte[] all = new byte[MUCH + 1];
    int count = 0;
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    for (int n = in.read(all, 0, 1000);
        n > 0;
        n = in.read(all, count, Math.min(50_000, all.length - count))) {
      count += n;
      if (count % 7 == 0) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    return Arrays.copyOf(all, count);
  }

  private static byte[] much() {
    byte[] bytes = new byte[MUCH];
    new Random(6062).nextBytes(bytes);
    return bytes;
  }

  private static void expectEchoes(Socket client, Socket peer) throws IOException {
    for (Socket[] each : new Socket[][] {{client, peer}, {peer, client}}) {
      each[0].getOutputStream().write("hello".getBytes(US_ASCII));
      assertThat(each[1].getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(US_ASCII));
    }
  }

  private static void expectEnd(Socket socket) {
    try {
      socket.setSoTimeout(30_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private final class Owner implements TcpRelay.Owner {
    @Override
    public String user() {
      return "ann";
    }

    @Override
    public Endpoint client() {
      return Endpoint.of(HERE, 1);
    }

    @Override
    public @Nullable Endpoint admit(Endpoint source) {
      return admits ? source : null;
    }

    @Override
    public void attempted(PeerConnection connection) {
      attempts.add(connection);
    }

    @Override
    public Meter meter() {
      return bytes -> meter.take(bytes);
    }

    @Override
    public void toPeer(int bytes) {
      assertThat(loop.inEventLoop()).isTrue();
      toPeer.addAndGet(bytes);
    }

    @Override
    public void toClient(int bytes) {
      assertThat(loop.inEventLoop()).isTrue();
      toClient.addAndGet(bytes);
    }
  }

  /** A client's connection before its ConnectionBind. */
  private final class Waiting extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      clients.add(ctx);
    }
  }
}
