package io.culvert.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.client.net.TestAuthority.Identity;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.Pinned;
import io.culvert.client.turn.Coturn;
import io.culvert.client.turn.Families;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses at somebody else's server, by all that leads there. */
@Timeout(120)
@EnabledIf(
    value = "io.culvert.client.turn.Coturn#isInstalled",
    disabledReason = "coturn is not installed")
class RelayedPortTest {
  private static final TurnLogin LOGIN = new TurnLogin(Coturn.USER, Coturn.PASSWORD);
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private final EventLoopGroup loops = Transport.best().eventLoops(1, "relayed-port-test");
  private final EventLoop loop = loops.next();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final DatagramSocket udp = new DatagramSocket(0, HERE);
  private final RelayedPort port = new RelayedPort(loop, this::send, Families.IPV4, new Events());
  private volatile boolean udpIsBlocked;

  RelayedPortTest() throws IOException {
    Thread.ofPlatform().daemon().name("relayed-port-test-udp").start(this::receive);
  }

  @AfterEach
  void stop() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    loop.execute(() -> port.close(closed::countDown));
    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    udp.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void whereUdpGetsThroughNothingElseIsTried() throws Exception {
    try (Coturn server = Coturn.start(folder);
        TestServer door = TestServer.plain(TestServer.SILENCE)) {
      begin(server, new Authorities(), new Door(at(door.as("door.test")), false));
      expectTalk();
      assertThat(door.connections()).isZero();
    }
  }

  @Test
  void aServerThatIsSilentIsAskedAtItsOtherAddress() throws Exception {
    try (Coturn server = Coturn.start(folder);
        DatagramSocket deaf = new DatagramSocket(0, HERE)) {
      InetSocketAddress silent = (InetSocketAddress) deaf.getLocalSocketAddress();
      RelayedPort.Access access =
          new RelayedPort.Access(
              silent,
              Optional.of(server.address()),
              List.of(),
              LOGIN,
              Optional.empty(),
              StreamAccess.none());
      loop.execute(() -> port.begin(access));
      expectTalk();
    }
  }

  @Test
  void ofSeveralServersTheFirstToAnswerIsTaken() throws Exception {
    try (Coturn near = Coturn.start(folder);
        DatagramSocket deaf = new DatagramSocket(0, HERE);
        TestServer door = TestServer.plain(TestServer.SILENCE)) {
      InetSocketAddress silent = (InetSocketAddress) deaf.getLocalSocketAddress();
      RelayedPort.Access access = access(silent, List.of(door(door)), near.address());
      loop.execute(() -> port.begin(access));
      expectTalk();
      assertThat(on(port::server)).contains(near.address());
      assertThat(door.connections()).isZero();
    }
  }

  @Test
  void whenOneFallsSilentAnotherTakesItsPlace() throws Exception {
    Files.createDirectory(folder.resolve("other"));
    try (Coturn other = Coturn.start(folder.resolve("other"))) {
      InetSocketAddress firsts;
      try (Coturn first = Coturn.start(folder)) {
        firsts = first.address();
        loop.execute(() -> port.begin(access(firsts, List.of())));
        expectTalk();
      }
      loop.execute(port::check);
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("silent");
      loop.execute(() -> port.begin(access(firsts, List.of(), other.address())));
      expectTalk(); // without having been lost
      assertThat(on(port::server)).contains(other.address());
    }
  }

  @Test
  void oneThatAnswersAfterAllIsKept() throws Exception {
    try (Coturn server = Coturn.start(folder);
        DatagramSocket deaf = new DatagramSocket(0, HERE)) {
      InetSocketAddress silent = (InetSocketAddress) deaf.getLocalSocketAddress();
      begin(server, new Authorities());
      expectTalk();
      List<InetSocketAddress> before = on(port::addresses);
      loop.execute(() -> {
        port.begin(access(server.address(), List.of(), silent));
        port.check();
      });
      await().atMost(SOON).untilAsserted(() -> assertThat(on(port::isSettled)).isTrue());
      assertThat(on(port::addresses)).isEqualTo(before).isNotEmpty();
      assertThat(events).isEmpty();
    }
  }

  @Test
  void oneThatIsNotOnTheListAnyMoreIsLeftForOneThatIs() throws Exception {
    Files.createDirectory(folder.resolve("other"));
    try (Coturn first = Coturn.start(folder);
        Coturn other = Coturn.start(folder.resolve("other"))) {
      begin(first, new Authorities());
      expectTalk();
      RelayedPort.Access withoutIt = access(other.address(), List.of());
      assertThat(on(() -> port.isAt(withoutIt))).isFalse();
      loop.execute(() -> {
        port.begin(withoutIt);
        port.check(); // it may well be there still
      });
      expectTalk();
      assertThat(on(port::server)).contains(other.address());
      assertThat(on(() -> port.isAt(withoutIt))).isTrue();
    }
  }

  private static Door door(TestServer server) throws IOException {
    return new Door(at(server.as("door.test")), false);
  }

  private static RelayedPort.Access access(
      InetSocketAddress first, List<Door> doors, InetSocketAddress... others) {
    return new RelayedPort.Access(
        first,
        Optional.empty(),
        Stream.of(others).map(RelayedPortTest::at).toList(),
        LOGIN,
        Optional.empty(),
        new StreamAccess(doors, "relay.test", new Authorities(), Proxies.none()));
  }

  @Test
  void whereItDoesNotTcpCarriesTheSame() throws Exception {
    udpIsBlocked = true;
    try (Coturn server = Coturn.start(folder)) {
      begin(server, new Authorities(), new Door(at(server.address()), false));
      expectTalk();
    }
  }

  @Test
  void orTlsWithTheServerThatIsExpected() throws Exception {
    udpIsBlocked = true;
    Identity identity = TestAuthority.selfSigned();
    try (Coturn server = startWithTls(identity)) {
      begin(
          server,
          new Pinned(Fingerprint.of(identity.chain().getFirst())),
          new Door(at(nowhere()), false),
          new Door(at(server.tlsAddress()), true));
      expectTalk();
    }
  }

  @Test
  void notWithAnother() throws Exception {
    udpIsBlocked = true;
    try (Coturn server = startWithTls(TestAuthority.selfSigned())) {
      begin(
          server,
          new Pinned(Fingerprint.of(TestAuthority.selfSigned().chain().getFirst())),
          new Door(at(server.tlsAddress()), true));
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(on(port::whyNot)).get().asString().contains("is not the one"));
      assertThat(on(port::addresses)).isEmpty();
    }
  }

  @Test
  void aDoorBehindWhichSomebodyElseLivesDoesNoHarm() throws Exception {
    udpIsBlocked = true;
    try (Coturn server = Coturn.start(folder);
        TestServer web =
            TestServer.plain(connection ->
                connection
                    .getOutputStream()
                    .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII)));
        TestServer silent = TestServer.plain(TestServer.SILENCE)) {
      begin(
          server,
          new Authorities(),
          new Door(at(web.as("web.test")), false),
          new Door(at(silent.as("silent.test")), false),
          new Door(at(server.address()), false));
      expectTalk();
    }
  }

  @Test
  void throughAProxyToo() throws Exception {
    udpIsBlocked = true;
    try (Coturn server = Coturn.start(folder);
        TestProxy proxy = TestProxy.to(server.address())) {
      Door door = new Door(at(nowhere()), false);
      begin(
          server,
          LOGIN,
          new StreamAccess(
              List.of(door), "relay.test", new Authorities(), Proxies.by(proxy.proxy())));
      expectTalk();
      assertThat(proxy.asked()).containsExactly("CONNECT " + door.address() + " HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerThatGoesIsNoticedAndOneThatComesIsUsed(boolean blocked) throws Exception {
    udpIsBlocked = blocked;
    try (Coturn server = Coturn.start(folder)) {
      begin(server, new Authorities(), new Door(at(server.address()), false));
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("settled");
    }
    loop.execute(port::check);
    if (!blocked) { // or else the connection's end says it
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("silent");
    }
    assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("lost");
    assertThat(on(port::addresses)).isEmpty();
    assertThat(on(port::whyNot)).isPresent();
    try (Coturn server = Coturn.start(folder)) {
      begin(server, new Authorities(), new Door(at(server.address()), false));
      expectTalk();
    }
  }

  @Test
  void nobodySendsUsToTheServicesOfOurOwnMachine() throws Exception {
    udpIsBlocked = true;
    InetSocketAddress elsewhere = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 3478);
    try (TestServer ours = TestServer.plain(TestServer.SILENCE)) {
      RelayedPort.Access access = access(elsewhere, List.of(door(ours)), ours.as("ours.test"));
      loop.execute(() -> port.begin(access));
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(on(port::whyNot)).get().asString().endsWith("cannot be there."));
      assertThat(on(() -> port.asked().toList())).containsExactly(elsewhere);
      assertThat(ours.connections()).isZero();
    }
  }

  @Test
  void whoIsNotKnownThereIsToldSo() throws Exception {
    try (Coturn server = Coturn.start(folder)) {
      begin(
          server,
          new TurnLogin(Coturn.USER, "wrong"),
          new StreamAccess(
              List.of(new Door(at(server.address()), false)),
              "relay.test",
              new Authorities(),
              Proxies.none()));
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("settled");
      assertThat(on(port::addresses)).isEmpty();
      assertThat(on(port::whyNot)).get().asString().endsWith("does not accept our credentials.");
    }
  }

  @Test
  void whatIsGivenUpOnTheWayComesToAnEnd() throws Exception {
    udpIsBlocked = true;
    try (Coturn server = Coturn.start(folder);
        TestServer silent = TestServer.plain(TestServer.SILENCE)) {
      begin(server, new Authorities(), new Door(at(silent.as("silent.test")), false));
      await().atMost(SOON).until(() -> silent.connections() == 1);
      CountDownLatch closed = new CountDownLatch(1);
      loop.execute(() -> port.close(closed::countDown));
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(events).isEmpty();
    }
  }

  private void begin(Coturn server, ServerTrust trust, Door... doors) {
    begin(server, LOGIN, new StreamAccess(List.of(doors), "relay.test", trust, Proxies.none()));
  }

  private void begin(Coturn server, TurnLogin login, StreamAccess streams) {
    loop.execute(() -> port.begin(new RelayedPort.Access(server.address(), login, streams)));
  }

  private static ServerAddress at(InetSocketAddress address) {
    return new ServerAddress(address.getAddress().getHostAddress(), address.getPort());
  }

  /** In indications, and then on a channel, both ways and of lengths with all paddings. */
  private void expectTalk() throws Exception {
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("settled");
    InetSocketAddress relayed = on(port::addresses).getFirst();
    try (DatagramSocket bob = new DatagramSocket(0, HERE)) {
      bob.setSoTimeout(10_000);
      InetSocketAddress bobs = (InetSocketAddress) bob.getLocalSocketAddress();
      loop.execute(() -> port.reach(Set.of(bobs)));
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("opened 127.0.0.1");
      expectTalk("in an indication", bob, relayed);
      loop.execute(() -> port.expectMuch(bobs));
      for (String text : List.of("a", "ab", "abc", "abcd", "x".repeat(1201))) {
        expectTalk(text, bob, relayed);
      }
      loop.execute(() -> port.reach(Set.of(bobs)));
      loop.execute(() -> port.leave(Set.of(bobs)));
      expectTalk("somebody else expects him, too", bob, relayed);
      loop.execute(() -> port.leave(Set.of(bobs)));
      assertThat(on(() -> port.send(Unpooled.buffer(1).writeByte(1), 0, 1, bobs))).isFalse();
    }
  }

  private void expectTalk(String text, DatagramSocket bob, InetSocketAddress relayed)
      throws Exception {
    InetSocketAddress bobs = (InetSocketAddress) bob.getLocalSocketAddress();
    ByteBuf bytes = Unpooled.copiedBuffer("(" + text + ")", UTF_8);
    assertThat(on(() -> port.send(bytes, 1, text.length(), bobs))).isTrue();
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    bob.receive(packet);
    assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo(text);
    assertThat(packet.getSocketAddress()).isEqualTo(relayed);
    packet.setData(("re: " + text).getBytes(UTF_8));
    bob.send(packet);
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("re: " + text + " from " + bobs);
  }

  private Coturn startWithTls(Identity identity) throws Exception {
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    Files.writeString(certificate, pem("CERTIFICATE", identity.chain().getFirst().getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", identity.keys().getPrivate().getEncoded()));
    return Coturn.start(folder, "--cert=" + certificate, "--pkey=" + key);
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(bytes));
  }

  private static InetSocketAddress nowhere() throws IOException {
    try (TestServer server = TestServer.plain(TestServer.SILENCE)) {
      return server.as("nowhere.test");
    }
  }

  private <T> T on(Callable<T> question) throws Exception {
    return loop.submit(question).get();
  }

  private void send(ByteBuf bytes, int index, int length, InetSocketAddress to) {
    if (udpIsBlocked) {
      return;
    }
    try {
      udp.send(new DatagramPacket(ByteBufUtil.getBytes(bytes, index, length), length, to));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void receive() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        udp.receive(packet);
        Endpoint from = Endpoint.of((InetSocketAddress) packet.getSocketAddress());
        loop.execute(() ->
            port.heard(Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength()), from));
      }
    } catch (IOException e) {
      Thread.currentThread().setName("relayed-port-test-ended");
    }
  }

  private final class Events implements RelayedPort.Observer {
    @Override
    public void settled() {
      events.add("settled");
    }

    @Override
    public void silent() {
      events.add("silent");
    }

    @Override
    public void lost() {
      events.add("lost");
    }

    @Override
    public void opened(InetAddress peer) {
      events.add("opened " + peer.getHostAddress());
    }

    @Override
    public void received(ByteBuf data, InetSocketAddress peer) {
      events.add(data.toString(UTF_8) + " from " + peer);
    }
  }
}
