package io.culvert.lab.ice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.client.ice.IceSession;
import io.culvert.client.ice.PeerPort;
import io.culvert.client.net.RelayedPort;
import io.culvert.lab.net.Host;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.IceAgent.PairState;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A peer on a host of the laboratory, with one session. Signals are method calls. */
final class IcePeer implements IceSession.Observer, Signals, AutoCloseable {
  /** The first line is a heading. */
  private static final Path PORTS = Path.of("/proc/thread-self/net/udp");

  private final Host host;
  private final EventLoopGroup group;
  private final IoEventLoop loop;
  private final PeerPort port;
  private final IceSession session;
  private final BlockingQueue<String> data = new LinkedBlockingQueue<>();
  private volatile @Nullable Signals other;

  private IcePeer(Host host, Role role, InetSocketAddress stun, Optional<RelayedPort.Access> relay)
      throws Exception {
    this.host = host;
    group = Transport.best().eventLoops(1, "ice-peer");
    loop = (IoEventLoop) group.next();
    port = new PeerPort(loop);
    session =
        on(() -> {
          port.open(List.of(stun));
          relay.ifPresent(port::relayBy);
          return new IceSession(port, role, this);
        });
  }

  /** Its thread, and so its sockets, are on that host. */
  static IcePeer on(Host host, Role role, RelayedPort.Access server) throws Exception {
    return host.run(() -> new IcePeer(host, role, server.server(), Optional.of(server)));
  }

  /** The same, without a relay. */
  static IcePeer on(Host host, Role role, InetSocketAddress stun) throws Exception {
    return host.run(() -> new IcePeer(host, role, stun, Optional.empty()));
  }

  private <T> T on(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  /** Tells another one what is known, and what will be. */
  void call(Signals callee) throws Exception {
    other = callee;
    Ice all = on(() -> session.description());
    callee.hear(all);
  }

  @Override
  public void hear(Ice ice) {
    loop.execute(() -> session.peerSays(ice));
  }

  Optional<CandidatePair> way() throws Exception {
    return on(session::selected);
  }

  /** What is known of all ways. */
  List<PairState> pairs() throws Exception {
    return on(session::pairs);
  }

  /** How many UDP ports of IPv4 are open on its host. */
  int openPorts() throws Exception {
    return host.run(() -> Files.readAllLines(PORTS).size() - 1);
  }

  void say(String text) throws Exception {
    on(() -> {
      session.send(Unpooled.copiedBuffer(text, UTF_8), text.length());
      return true;
    });
  }

  /** What the other one has said; null when it is silent for ten seconds. */
  @Nullable String heard() throws InterruptedException {
    return data.poll(10, TimeUnit.SECONDS);
  }

  @Override
  public void found(IceCandidate candidate) {
    Signals told = other;
    if (told != null) {
      told.hear(session.description(List.of(candidate)));
    }
  }

  @Override
  public void open() {}

  @Override
  public void seen(NatSightings nat) {
    Signals told = other;
    if (told != null) {
      told.hear(session.description(nat));
    }
  }

  @Override
  public void selected(CandidatePair way) {}

  @Override
  public void failed() {}

  @Override
  public void lost() {}

  @Override
  public void data(ByteBuf datagram) {
    data.add(datagram.toString(UTF_8));
  }

  /** Ends the session; its port stays. */
  void hangUp() throws Exception {
    on(() -> {
      session.close();
      return true;
    });
  }

  @Override
  public void close() throws Exception {
    on(() -> {
      session.close();
      port.close();
      return true;
    });
    group.shutdownGracefully(100, 1000, TimeUnit.MILLISECONDS).sync();
  }
}
