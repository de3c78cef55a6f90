package io.culvert.client.ice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two sessions on one machine that do not know each other's addresses of UDP. */
@Timeout(30)
class DirectTcpTest {
  /** Nobody is there, but it says which address is ours. */
  private static final InetSocketAddress NO_SERVER =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);

  private End alice;
  private End bob;

  /** A session whose signals are method calls. */
  private static final class End implements IceSession.Observer {
    final EventLoopGroup group = Transport.best().eventLoops(1, "direct-tcp-test");
    final IoEventLoop loop = (IoEventLoop) group.next();
    final PeerPort port = new PeerPort(loop);
    final BlockingQueue<String> data = new LinkedBlockingQueue<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<IceCandidate> told = new CopyOnWriteArrayList<>();
    final IceSession session;
    volatile @Nullable End other;

    End(Role role) throws Exception {
      session =
          on(() -> {
            port.open(List.of(NO_SERVER));
            return new IceSession(port, role, this);
          });
    }

    <T> T on(Callable<T> task) throws Exception {
      return loop.submit(task).get();
    }

    void knows(End peer) throws Exception {
      Ice description = peer.on(() -> peer.session.description(List.of()));
      loop.submit(() -> session.peerSays(description)).get();
    }

    /** It learns where to dial the other one, as RFC 6544 has it. */
    void knowsWhereToDial(End peer) throws Exception {
      Ice description = peer.on(() -> peer.session.description(peer.waitsAt()));
      loop.submit(() -> session.peerSays(description)).get();
    }

    List<IceCandidate> waitsAt() {
      return port.candidates().stream()
          .filter(candidate -> candidate.tcp().filter(TcpType.PASSIVE::equals).isPresent())
          .toList();
    }

    int tcpPort() throws Exception {
      return on(() -> waitsAt().getFirst().address().getPort());
    }

    void hears(Ice peer) {
      loop.execute(() -> session.peerSays(peer));
    }

    boolean isOverTcp() throws Exception {
      return on(session::selected).filter(way -> way.local().isTcp()).isPresent();
    }

    Optional<CandidatePair> way() throws Exception {
      return on(session::selected);
    }

    void says(String text) {
      loop.execute(() -> session.send(Unpooled.copiedBuffer(text, UTF_8), text.length()));
    }

    void close() throws Exception {
      loop.submit(
              () -> {
                session.close();
                port.close();
              })
          .get();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @Override
    public void found(IceCandidate candidate) {
      if (isTogether(candidate)) {
        told.add(candidate);
        End peer = other;
        if (peer != null) {
          peer.hears(session.description(List.of(candidate)));
        }
      }
    }

    @Override
    public void open() {}

    @Override
    public void seen(NatSightings nat) {}

    @Override
    public void selected(CandidatePair way) {}

    @Override
    public void failed() {
      events.add("failed");
    }

    @Override
    public void lost() {
      events.add("lost");
    }

    @Override
    public void data(ByteBuf datagram) {
      data.add(datagram.toString(UTF_8));
    }
  }

  private static boolean isTogether(IceCandidate candidate) {
    return candidate.tcp().filter(TcpType.SO::equals).isPresent();
  }

  @BeforeEach
  void open() throws Exception {
    alice = new End(Role.CONTROLLING);
    bob = new End(Role.CONTROLLED);
  }

  @AfterEach
  void close() throws Exception {
    alice.close();
    bob.close();
  }

  private void introduce() throws Exception {
    alice.other = bob;
    bob.other = alice;
    alice.knows(bob);
    bob.knows(alice);
  }

  @Test
  void datagramsGoBothWays() throws Exception {
    introduce();
    await().until(() -> alice.isOverTcp() && bob.isOverTcp());

    String toBob = "\u007fhello bob";
    String toAlice = "\u007fhello alice";
    alice.says(toBob);
    bob.says(toAlice);

    assertThat(bob.data.poll(10, TimeUnit.SECONDS)).isEqualTo(toBob);
    assertThat(alice.data.poll(10, TimeUnit.SECONDS)).isEqualTo(toAlice);
  }

  @Test
  void whoKnowsNothingOfPunchesIsDialledWhereItWaits() throws Exception {
    await().until(() -> bob.on(() -> !bob.waitsAt().isEmpty()));
    bob.knows(alice);
    alice.knowsWhereToDial(bob);
    await().until(() -> alice.isOverTcp() && bob.isOverTcp());
    assertThat(alice.way().orElseThrow().remote().getPort()).isEqualTo(bob.tcpPort());

    alice.says("\u007fhello bob");
    bob.says("\u007fhello alice");

    assertThat(bob.data.poll(10, TimeUnit.SECONDS)).isEqualTo("\u007fhello bob");
    assertThat(alice.data.poll(10, TimeUnit.SECONDS)).isEqualTo("\u007fhello alice");
  }

  @Test
  void whoComesToThatPortWithoutACheckIsSentAway() throws Exception {
    await().until(() -> bob.on(() -> !bob.waitsAt().isEmpty()));
    try (Socket stranger = new Socket(InetAddress.ofLiteral("127.0.0.1"), bob.tcpPort())) {
      stranger.setSoTimeout(3000);
      stranger.getOutputStream().write(new byte[] {0, 5, 'h', 'e', 'l', 'l', 'o'});
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void onlySoManyMayComeToThatPortAndSayNothing() throws Exception {
    await().until(() -> bob.on(() -> !bob.waitsAt().isEmpty()));
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i <= 32; i++) {
        silent.add(new Socket(InetAddress.ofLiteral("127.0.0.1"), bob.tcpPort()));
      }
      silent.getLast().setSoTimeout(3000); // all are sent away after five seconds
      assertThat(silent.getLast().getInputStream().read()).isEqualTo(-1);
    } finally {
      for (Socket each : silent) {
        each.close();
      }
    }
  }

  @Test
  void whoHasAConnectionThatWorksKeepsItWhateverThePeerSays() throws Exception {
    introduce();
    await().until(() -> alice.isOverTcp() && bob.isOverTcp());
    CandidatePair before = alice.way().orElseThrow();

    alice.hears(bob.on(() -> bob.session.description(bob.told)));
    Thread.sleep(1000);

    assertThat(alice.way()).contains(before);
    assertThat(alice.events).isEmpty();
  }

  @Test
  void whatAPeerOnItsWayMayNotHaveHeardIsSaidAgainHoweverSoonItSpeaks() throws Exception {
    alice.knows(bob);
    await().pollInterval(Duration.ofMillis(10)).until(() -> !alice.told.isEmpty());

    alice.hears(bob.session.description(List.of(whereNobodyIs())));

    await()
        .untilAsserted(
            () -> assertThat(alice.told).filteredOn(alice.told.getFirst()::equals).hasSize(2));
  }

  private static IceCandidate whereNobodyIs() {
    return new IceCandidate(
        "so/4/host/0", 1, NO_SERVER, CandidateType.HOST, Optional.empty(), Optional.of(TcpType.SO));
  }

  @Test
  void aPeerThatKnowsNothingOfItIsNotWaitedForLong() throws Exception {
    alice.knows(bob);

    await().atMost(20, TimeUnit.SECONDS).until(() -> alice.events.contains("failed"));

    assertThat(alice.told).as("each place once").isNotEmpty().doesNotHaveDuplicates();
    assertThat(alice.on(alice.session::whyNoTcp))
        .contains("The peer has not said in time where to reach it.");
  }
}
