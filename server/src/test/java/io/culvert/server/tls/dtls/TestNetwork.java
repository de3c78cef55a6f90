package io.culvert.server.tls.dtls;

import static org.awaitility.Awaitility.await;

import io.culvert.server.net.Counters;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A front on the test's own thread, in virtual time, and the network between it and its clients.
 * The service behind it sends everything back.
 */
final class TestNetwork implements AutoCloseable {
  /** What is done to a datagram: what arrives of it, in that order. */
  interface Weather extends Function<byte[], List<byte[]>> {}

  final Counters<DtlsCounter> counters = new Counters<>(DtlsCounter.class);
  final List<Echo> opened = new ArrayList<>();

  /** Everything that has left the front. */
  final List<byte[]> sent = new ArrayList<>();

  final DtlsFront front;
  Weather up = List::of;
  Weather down = List::of;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final ManualIoEventLoop loop =
      new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
  private final Map<Endpoint, TestClient> clients = new HashMap<>();

  TestNetwork(ServerCertificate certificate) {
    this(certificate, DtlsFront.Limits.USUAL);
  }

  TestNetwork(ServerCertificate certificate, DtlsFront.Limits limits) {
    front =
        new DtlsFront(
            loop,
            certificate,
            counters,
            this::leave,
            session -> {
              Echo echo = new Echo(session);
              opened.add(echo);
              return echo;
            },
            limits);
  }

  static Endpoint endpoint(int host, int port) {
    return new Endpoint(0, Endpoint.low(0xc633_6400 | host), port);
  }

  /** A client that begins its handshake; whoever was at its address is not there any more. */
  TestClient connect(Endpoint address) {
    TestClient client = new TestClient(address);
    clients.put(address, client);
    return client.connect();
  }

  TestClient connected(Endpoint address) {
    int before = opened.size();
    TestClient client = connect(address);
    until(() -> client.isConnected() && opened.size() > before);
    return client;
  }

  /** What a client has heard of the service next. */
  byte[] heardBy(TestClient client) {
    List<byte[]> heard = new ArrayList<>();
    until(() -> {
      byte[] next = client.hear();
      if (next != null) {
        heard.add(next);
      }
      return !heard.isEmpty();
    });
    return heard.getFirst();
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  /** Carries datagrams until something is the case. */
  void until(Condition condition) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          carry();
          return condition.holds();
        });
  }

  void carry() {
    for (TestClient client : List.copyOf(clients.values())) {
      for (byte[] next = client.sent.poll(); next != null; next = client.sent.poll()) {
        up.apply(next).forEach(bytes -> receive(client.address, bytes));
      }
    }
    loop.runNow();
  }

  /** Something comes from an address, be it a client's or not. */
  void receive(Endpoint from, byte[] bytes) {
    ByteBuf buffer = Unpooled.buffer(bytes.length + 7).writeZero(7).writeBytes(bytes);
    front.received(buffer, 7, bytes.length, from.high(), from.low(), from.port());
  }

  void pass(Duration time) {
    ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
    loop.runNow();
  }

  long counted(DtlsCounter counter) {
    return counters.snapshot().getOrDefault(counter, 0L);
  }

  private void leave(ByteBuf bytes, int index, int length, Endpoint to) {
    byte[] datagram = new byte[length];
    bytes.getBytes(index, datagram);
    sent.add(datagram);
    TestClient client = clients.get(to);
    if (client != null) {
      down.apply(datagram).forEach(client::deliver);
    }
  }

  @Override
  public void close() {
    front.close();
  }

  /** Sends back what comes. */
  static final class Echo implements DtlsUser {
    final DtlsSession session;
    boolean needed;
    boolean fails;
    int closed;

    Echo(DtlsSession session) {
      this.session = session;
    }

    @Override
    public void received(ByteBuf buffer, int index, int length) {
      if (fails) {
        throw new IllegalStateException("as the test wants it");
      }
      session.send(buffer, index, length);
    }

    @Override
    public boolean isNeeded() {
      return needed;
    }

    @Override
    public void closed() {
      closed++;
    }
  }
}
