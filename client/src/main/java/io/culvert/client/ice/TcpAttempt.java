package io.culvert.client.ice;

import io.culvert.client.net.Agreed;
import io.culvert.client.net.Alarm;
import io.culvert.client.net.CallKey;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.KeyGreeting;
import io.culvert.client.net.PunchDriver;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.net.TcpMapping;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of two peers to get a TCP connection with each other: a port of ours, where a server
 * sees it, and the punch from there, once the peer has said where its own is. Confined to the event
 * loop.
 */
final class TcpAttempt {
  /** Of 3 s each. */
  private static final int ROUNDS = 3;

  /** So long servers may keep us from telling the peer where we are. */
  private static final Duration SERVERS_PATIENCE = Duration.ofSeconds(1);

  /** So long the peer may take to say where it is: it may have to ask its servers first. */
  private static final Duration PEERS_PATIENCE = Duration.ofSeconds(5);

  /** The key says who it is; this is only for people. */
  private static final String PEER = "the peer";

  /** Who is told how it goes. */
  interface Observer {
    /** The peer is to know this. */
    void located(TcpOffer ours);

    /** There is a connection, which is to be taken over. Nothing else follows. */
    void connected(Agreed connection);

    /** There is none, and everything is closed: a sentence for people. Nothing else follows. */
    void failed(String why);
  }

  private final EventLoop loop;
  private final Role role;
  private final Observer observer;
  private final PunchSockets sockets;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final CallKey key = CallKey.random();
  private PunchDriver punch;
  private @Nullable Channel listener;
  private @Nullable TcpMapping mapping;
  private Optional<InetAddress> local = Optional.empty();
  private @Nullable TcpOffer ours;
  private @Nullable TcpOffer theirs;
  private boolean punching;
  private boolean closed;

  TcpAttempt(EventLoop loop, Role role, Observer observer) {
    this.loop = loop;
    this.role = role;
    this.observer = observer;
    this.sockets = new PunchSockets(loop, Transport.best());
    this.alarm = new Alarm(loop, time, this::patienceEnds);
    this.punch = newPunch();
  }

  private PunchDriver newPunch() {
    return new PunchDriver(
        loop,
        sockets,
        () -> new KeyGreeting(key, () -> Optional.ofNullable(theirs).flatMap(CallKey::of), PEER),
        new Outcome());
  }

  /**
   * Opens the port.
   *
   * @param stunServers to be asked where they see it
   */
  void begin(List<InetSocketAddress> stunServers) {
    ChannelFuture listening = sockets.listen(0, channel -> punch.accepted(channel));
    if (PunchSockets.noneOpened(listening)) {
      loop.execute(() -> noPort(listening.cause()));
      return;
    }
    listener = listening.channel();
    listening.addListener((ChannelFuture done) -> {
      if (done.isSuccess()) {
        locate(stunServers);
      } else {
        noPort(done.cause());
      }
    });
  }

  private void noPort(Throwable why) {
    failed("There is no port for it: " + SocketError.explain(why) + ".");
  }

  private void locate(List<InetSocketAddress> stunServers) {
    if (closed) {
      return;
    }
    List<InetSocketAddress> servers =
        stunServers.stream().filter(at -> at.getAddress() instanceof Inet4Address).toList();
    local =
        servers.stream()
            .flatMap(at -> DatagramSockets.localAddressTowards(at).stream())
            .findFirst();
    TcpMapping asked = new TcpMapping(sockets, new SecureRandom(), this::answered);
    servers.forEach(server -> asked.ask(port(), server));
    mapping = asked;
    alarm.set(Optional.of(time.instant().plus(SERVERS_PATIENCE)));
    answered();
  }

  private int port() {
    return listener == null ? 0 : ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private void answered() {
    if (mapping != null && mapping.isOver() && ours == null) {
      tell(mapping.address());
    }
  }

  private void patienceEnds() {
    if (ours != null) {
      failed("The peer has not said in time where to reach it.");
    } else {
      tell(Optional.empty());
    }
  }

  private void tell(Optional<InetSocketAddress> mapped) {
    if (closed) {
      return;
    }
    ours = new TcpOffer(mapped, local.map(ip -> new InetSocketAddress(ip, port())), key.text());
    observer.located(ours);
    alarm.set(Optional.of(time.instant().plus(PEERS_PATIENCE)));
    punch();
  }

  /**
   * The peer has said where it is. When it says something else later, it has begun anew, and may
   * not know any more where we are: it is told again, which means nothing to one that does.
   */
  void peerOffers(TcpOffer offer) {
    if (offer.equals(theirs)) {
      return;
    }
    theirs = offer;
    if (ours != null && punching) {
      punch.stop();
      punch = newPunch();
      observer.located(ours);
    }
    punch();
  }

  /** What the peer has said. */
  Optional<TcpOffer> peersOffer() {
    return Optional.ofNullable(theirs);
  }

  private void punch() {
    if (ours != null && theirs != null && !closed) {
      alarm.cancel();
      punching = true;
      PeerAddresses at = new PeerAddresses(theirs.local(), theirs.inter()).ofIpv4();
      punch.start(role, port(), PEER, at, ROUNDS);
    }
  }

  private void failed(String why) {
    if (!closed) {
      close();
      observer.failed(why);
    }
  }

  /** Gives it up, and all that belongs to it but for a connection that has been taken over. */
  void close() {
    closed = true;
    alarm.cancel();
    punch.stop();
    if (mapping != null) {
      mapping.close();
    }
    if (listener != null) {
      listener.close();
    }
  }

  private final class Outcome implements PunchDriver.Outcome {
    @Override
    public void succeeded(Agreed connection) {
      close();
      observer.connected(connection);
    }

    @Override
    public void failed(PunchFailure failure) {
      TcpAttempt.this.failed(failure.sentence());
    }
  }
}
