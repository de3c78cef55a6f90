package io.culvert.client.ice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two peers on one machine, through real sockets. */
@Timeout(30)
class IceSessionTest {
  private final Peer alice = new Peer();
  private final Peer bob = new Peer();

  IceSessionTest() throws Exception {}

  /** A port on a loop of its own. */
  private static final class Peer {
    final EventLoopGroup group = Transport.best().eventLoops(1, "ice-test");
    final IoEventLoop loop = (IoEventLoop) group.next();
    final PeerPort port = new PeerPort(loop);

    Peer() throws Exception {
      on(() -> {
        port.open(List.of());
        return true;
      });
    }

    <T> T on(Callable<T> task) throws Exception {
      return loop.submit(task).get();
    }

    End end(Role role) throws Exception {
      return on(() -> new End(this, role));
    }

    void close() throws Exception {
      on(() -> {
        port.close();
        return true;
      });
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  /** A session and what is heard of it. */
  private static final class End implements IceSession.Observer {
    final Peer peer;
    final IceSession session;
    final LinkedBlockingQueue<String> data = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

    End(Peer peer, Role role) {
      this.peer = peer;
      this.session = new IceSession(peer.port, role, this);
    }

    Ice description() throws Exception {
      return peer.on(session::description);
    }

    void hears(Ice other) throws Exception {
      peer.on(() -> {
        session.peerSays(other);
        return true;
      });
    }

    void says(String... texts) throws Exception {
      byte[] all = String.join("", texts).getBytes(UTF_8);
      peer.on(() -> {
        session.send(Unpooled.wrappedBuffer(all), texts[0].length());
        return true;
      });
    }

    Optional<CandidatePair> way() throws Exception {
      return peer.on(session::selected);
    }

    @Override
    public void found(IceCandidate candidate) {
      events.add("found " + candidate.address());
    }

    @Override
    public void open() {}

    @Override
    public void seen(NatSightings nat) {
      events.add("seen " + nat);
    }

    @Override
    public void selected(CandidatePair way) {
      events.add("selected");
    }

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

  @AfterEach
  void stop() throws Exception {
    alice.close();
    bob.close();
  }

  @Test
  void peersTalk() throws Exception {
    End caller = alice.end(Role.CONTROLLING);
    End callee = bob.end(Role.CONTROLLED);
    meet(caller, callee);

    caller.says("ABCD", "EFGH", "xy");
    assertThat(next(callee)).isEqualTo("ABCD");
    assertThat(next(callee)).isEqualTo("EFGH");
    assertThat(next(callee)).isEqualTo("xy");
    callee.says("Hello!");
    assertThat(next(caller)).isEqualTo("Hello!");
    assertThat(caller.events).containsOnly("selected");
  }

  @Test
  void manySessionsShareOnePort() throws Exception {
    Peer carol = new Peer();
    End toBob = alice.end(Role.CONTROLLING);
    End toCarol = alice.end(Role.CONTROLLING);
    End bobs = bob.end(Role.CONTROLLED);
    End carols = carol.end(Role.CONTROLLED);
    meet(toBob, bobs);
    meet(toCarol, carols);

    bobs.says("I am Bob.");
    carols.says("I am Carol.");
    assertThat(next(toBob)).isEqualTo("I am Bob.");
    assertThat(next(toCarol)).isEqualTo("I am Carol.");
    carol.close();
  }

  @Test
  void whatStrangersSendIsNobodysData() throws Exception {
    End caller = alice.end(Role.CONTROLLING);
    End callee = bob.end(Role.CONTROLLED);
    meet(caller, callee);
    Peer mallory = new Peer();
    CandidatePair toCaller = callee.way().orElseThrow();
    mallory.on(() -> {
      mallory.port.send(toCaller, Unpooled.copiedBuffer("Believe me!", UTF_8), 100);
      return true;
    });
    callee.says("From Bob.");

    assertThat(next(caller)).isEqualTo("From Bob.");
    assertThat(caller.data).isEmpty();
    mallory.close();
  }

  @Test
  void whereNoPeerCanBeNothingIsSent() throws Exception {
    End caller = alice.end(Role.CONTROLLING);
    Ice bobs = bob.end(Role.CONTROLLED).description();

    caller.hears(
        new Ice(
            bobs.ufrag(),
            bobs.pwd(),
            List.of(
                "candidate:1 1 udp 2122260223 0.0.0.0 5000 typ host",
                "candidate:2 1 udp 2122260223 224.0.0.251 5353 typ host",
                "candidate:3 1 udp 2122260223 255.255.255.255 5000 typ host")));

    assertThat(alice.on(caller.session::pairs)).isEmpty();
  }

  private static String next(End end) throws InterruptedException {
    String data = end.data.poll(10, TimeUnit.SECONDS);
    assertThat(data).as("within ten seconds").isNotNull();
    return data;
  }

  private static void meet(End caller, End callee) throws Exception {
    callee.hears(caller.description());
    caller.hears(callee.description());
    await().until(() -> caller.way().isPresent() && callee.way().isPresent());
  }
}
