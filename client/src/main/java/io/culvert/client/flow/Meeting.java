package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.Agreed;
import io.culvert.client.net.CallKey;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.KeyGreeting;
import io.culvert.client.net.PunchDriver;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.net.TcpLink;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.SocketError;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What caller and callee have in common: a port, the search for a way for datagrams and the attempt
 * to open TCP, both from it, and what comes of that. Confined to the event loop.
 */
final class Meeting {
  /** Three rounds of 3 s: a TCP punch may take 10 s. */
  private static final int TCP_ROUNDS = 3;

  /**
   * Where no datagram has got through directly in this time, but through the relay, the NATs will
   * not let TCP through either: one round is enough then.
   */
  private static final Duration HOPE = Duration.ofSeconds(3);

  /** The two ends of a call, and who has called whom. */
  record Ends(Party me, Party peer, Role role) {}

  /** Who is told how it goes. */
  interface Observer {
    /** The port is open, and what we know of it is known. */
    void ready();

    /** The application talks to the peer. */
    void connected(FlowConnection connection);

    /** Nothing has come of it. */
    void failed(CulvertException why);

    /** Nothing is left of the connection that there was; the peer may not know yet. */
    void disconnected();
  }

  private enum State {
    /** What there may still be is not in {@code whyNoTcp} or {@code whyNoDatagrams}. */
    SEARCHING,
    DATAGRAMS,
    STREAM,
    OVER
  }

  private final ClientLoop loop;
  private final Ends ends;
  private final Observer observer;
  private final CallKey key = CallKey.random();
  private final CallPort port;
  private final DatagramPath datagrams;
  private final PunchDriver punch;
  private CallPort.@Nullable Location location;
  private Optional<CallKey> peersKey = Optional.empty();
  private State state = State.SEARCHING;
  private boolean hopeful = true;
  private @Nullable Future<?> hope;
  private Optional<String> whyNoTcp = Optional.empty();
  private Optional<String> whyNoDatagrams = Optional.empty();

  Meeting(ClientLoop loop, Ends ends, Observer observer) {
    this.loop = loop;
    this.ends = ends;
    this.observer = observer;
    PunchSockets sockets = new PunchSockets(loop.loop());
    String peer = ends.peer().account();
    this.punch =
        new PunchDriver(
            loop.loop(),
            sockets,
            () -> new KeyGreeting(key, () -> peersKey, peer),
            new TcpOutcome());
    this.port = new CallPort(loop, sockets, punch::accepted, new PortEvents());
    this.datagrams = new DatagramPath(loop, port, ends.me(), ends.peer(), new PathEvents());
  }

  /** Opens the port and asks where it is; then either it is ready, or it has failed. */
  void prepare(CallPort.Surroundings surroundings) {
    port.open(surroundings);
  }

  /** What we tell the peer, once we are ready. */
  Offer offer(
      Relay.Kind kind, Optional<InetSocketAddress> relayServer, Optional<TurnCredentials> turn) {
    if (location == null) {
      throw new IllegalStateException("not ready yet");
    }
    return new Offer(
        kind,
        ends.me(),
        ends.peer(),
        new Addresses(location.publicUdp(), location.local(), location.relayed()),
        relayServer,
        turn,
        new Extensions(
            Optional.empty(),
            Optional.of(new TcpOffer(location.publicTcp(), location.local(), key.text())),
            Optional.empty(),
            false,
            List.of()));
  }

  /** The peer has told us where it is: both begin. */
  void begin(Offer peers) {
    Candidates candidates = Candidates.of(peers);
    peersKey = peers.extensions().tcp().flatMap(CallKey::of);
    if (peersKey.isPresent()) {
      punch.start(ends.role(), port.number(), ends.peer().account(), candidates.tcp(), TCP_ROUNDS);
    } else {
      punch.stop();
      whyNoTcp = Optional.of("The client of %s knows datagrams only.".formatted(name()));
    }
    if (state == State.SEARCHING) {
      datagrams.search(candidates.datagrams());
      hope = loop.loop().schedule(this::hopeEnds, HOPE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * The peer has hung up. A stream has an end of its own, which comes after what was sent on it.
   */
  void peerHungUp() {
    switch (state) {
      case SEARCHING ->
          fail(new CulvertException(Reason.HUNG_UP, "%s has hung up.".formatted(name())));
      case DATAGRAMS -> disconnect(null);
      case STREAM, OVER -> {}
    }
  }

  /** Gives up, unless there is a connection already or it is over. */
  void fail(CulvertException why) {
    if (state == State.SEARCHING) {
      release(why);
      observer.failed(why);
    }
  }

  /** Whether signals still matter to it. */
  boolean needsSignals() {
    return state == State.SEARCHING || state == State.DATAGRAMS;
  }

  /** Whether it is open what will come of it. */
  boolean isSearching() {
    return state == State.SEARCHING;
  }

  private String name() {
    return ends.peer().account();
  }

  private void hopeEnds() {
    hopeful = false;
    settle();
  }

  /** Takes the best there is, once it is known what there is. */
  private void settle() {
    if (state != State.SEARCHING) {
      return;
    }
    if (whyNoTcp.isEmpty() && !hopeful && datagrams.isRelayed()) {
      punch.stop();
      whyNoTcp =
          Optional.of(
              "Nothing gets through to %s directly, only through the relay%s, which knows datagrams."
                  .formatted(
                      name(),
                      port.relay()
                          .server()
                          .map(at -> " " + NetUtil.toSocketAddressString(at))
                          .orElse("")));
    }
    if (whyNoTcp.isEmpty()) {
      return;
    }
    if (datagrams.isOpen()) {
      state = State.DATAGRAMS;
      port.datagramsOnly();
      loop.linkOpened();
      observer.connected(new FlowConnection.Datagrams(datagrams.link(), whyNoTcp.get()));
    } else if (whyNoDatagrams.isPresent()) {
      fail(new CulvertException(Reason.NOT_PUNCHED, whyNoDatagrams.get() + " " + whyNoTcp.get()));
    }
  }

  /** The application's datagrams have nowhere to go any more. */
  private void disconnect(@Nullable CulvertException why) {
    release(why);
    observer.disconnected();
    loop.linkClosed();
  }

  private void release(@Nullable CulvertException why) {
    state = State.OVER;
    if (hope != null) {
      hope.cancel(false);
    }
    punch.stop();
    datagrams.end(why);
    port.close();
  }

  private final class PortEvents implements CallPort.Observer {
    @Override
    public void located(CallPort.Location found) {
      location = found;
      observer.ready();
    }

    @Override
    public void failed(Throwable why) {
      fail(
          new CulvertException(
              Reason.NOT_PUNCHED, "No socket can be opened: " + SocketError.explain(why) + "."));
    }

    @Override
    public void relayOpened() {
      datagrams.relayOpened();
    }

    @Override
    public void stun(StunMessage message, Route from) {
      datagrams.stun(message, from);
    }

    @Override
    public void data(byte[] datagram, Route from) {
      datagrams.data(datagram, from);
    }
  }

  private final class PathEvents implements DatagramPath.Observer {
    @Override
    public void open() {
      settle();
    }

    @Override
    public void failed(int checks) {
      whyNoDatagrams =
          Optional.of(
              "None of %d datagrams got through to %s at %s in %d s; perhaps a firewall forbids it, or a NAT picks a new port for every destination (a symmetric NAT).%s"
                  .formatted(
                      checks,
                      name(),
                      datagrams.tried(),
                      PathChecks.PACE.patience().toSeconds(),
                      port.relay().whyNot().map(why -> " " + why).orElse("")));
      settle();
    }

    @Override
    public void lost() {
      String sentence = "Nothing of %s gets through any more.".formatted(name());
      if (state == State.DATAGRAMS) {
        disconnect(new CulvertException(Reason.LINK_LOST, sentence));
      } else {
        whyNoDatagrams = Optional.of(sentence);
        settle();
      }
    }

    @Override
    public void closed() {
      if (state == State.DATAGRAMS) {
        disconnect(null);
      }
    }
  }

  private final class TcpOutcome implements PunchDriver.Outcome {
    @Override
    public void succeeded(Agreed connection) {
      TcpLink link = connection.link();
      release(null);
      state = State.STREAM;
      loop.linkOpened();
      link.whenClosed(() -> {
        state = State.OVER;
        observer.disconnected();
        loop.linkClosed();
      });
      observer.connected(new FlowConnection.Stream(link));
    }

    @Override
    public void failed(PunchFailure failure) {
      whyNoTcp = Optional.of(failure.sentence());
      settle();
    }
  }
}
