package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.net.Alarm;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.PathOwner;
import io.culvert.client.net.UdpLink;
import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.channel.ChannelFuture;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way for datagrams of one call: gives the checks their socket and their time, and carries the
 * data. Confined to the event loop.
 */
final class DatagramPath implements PathOwner.Confined {
  /** Who is told what becomes of it. */
  interface Observer {
    /** It leads to the peer. */
    void open();

    /** It does not lead to the peer, after so many checks. */
    void failed(int checks);

    /** It leads to the peer no more. */
    void lost();

    /** The application is done with it. */
    void closed();
  }

  private final String peer;
  private final ClientLoop loop;
  private final CallPort port;
  private final Observer observer;
  private final PathChecks checks;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private PeerAddresses addresses = new PeerAddresses(Optional.empty(), Optional.empty());
  private @Nullable UdpLink link;
  private @Nullable Route target;
  private boolean over;

  DatagramPath(ClientLoop loop, CallPort port, Party me, Party peer, Observer observer) {
    this.loop = loop;
    this.port = port;
    this.peer = peer.account();
    this.observer = observer;
    this.checks = new PathChecks(me, peer, new SecureRandom());
    this.alarm =
        new Alarm(loop.loop(), time, () -> perform(checks.deadlineReached(time.instant())));
  }

  /** The peer is ready, and may be at these addresses. */
  void search(PeerAddresses peerAddresses) {
    addresses = peerAddresses;
    perform(checks.begin(peerAddresses, time.instant()));
    port.relay().reach(peerAddresses.fromAfar());
  }

  /** Our relay leads to the peer. */
  void relayOpened() {
    if (!over) {
      perform(checks.relayOpened(time.instant()));
    }
  }

  /** Something of STUN has come. */
  void stun(StunMessage message, Route from) {
    if (!over) {
      perform(checks.heard(message, from, time.instant()));
    }
  }

  /** Anything else has come: the peer may have found its way before we have found ours. */
  void data(byte[] datagram, Route from) {
    if (over || !checks.isPeer(from)) {
      return;
    }
    if (from.relayed()) {
      port.relay().expectMuch(from.to());
    }
    Path path = from.relayed() ? Path.RELAY : addresses.pathFrom(from.to());
    link(path, from.to()).received(datagram);
  }

  /** The addresses that the peer has told us, for people. */
  String tried() {
    return addresses.targets().values().stream()
        .map(NetUtil::toSocketAddressString)
        .reduce((one, other) -> one + " and " + other)
        .orElse("no address");
  }

  /** Whether it leads to the peer, but only through a relay. */
  boolean isRelayed() {
    return isOpen() && link().path() == Path.RELAY;
  }

  /** Whether it leads to the peer. */
  boolean isOpen() {
    return target != null && !over;
  }

  /** What the application gets, once it is open. */
  UdpLink link() {
    if (link == null) {
      throw new IllegalStateException("not open yet");
    }
    return link;
  }

  /** The conversation is over: normally, or with a reason. */
  void end(@Nullable CulvertException why) {
    over = true;
    alarm.cancel();
    if (link != null) {
      link.ended(why);
    }
  }

  @Override
  public @Nullable ChannelFuture send(byte[] datagram) {
    return over || target == null ? null : port.send(datagram, target);
  }

  @Override
  public void close() {
    if (!over) {
      end(null);
      observer.closed();
    }
  }

  private UdpLink link(Path path, InetSocketAddress to) {
    if (link == null) {
      link = new UdpLink(peer, path, to, new PathOwner(loop, this));
    }
    return link;
  }

  private void perform(List<PathChecks.Action> actions) {
    for (PathChecks.Action action : actions) {
      if (!over) {
        perform(action);
      }
    }
    if (!over) {
      alarm.set(checks.nextDeadline());
    }
  }

  private void perform(PathChecks.Action action) {
    switch (action) {
      case PathChecks.Action.Send(StunMessage message, Route to) -> port.send(message, to);
      case PathChecks.Action.Selected(Path path, Route to) -> {
        boolean first = target == null;
        target = to;
        if (to.relayed()) {
          port.relay().expectMuch(to.to());
        }
        link(path, to.to()).moved(path, to.to());
        if (first) {
          observer.open();
        }
      }
      case PathChecks.Action.Failed(int number) -> {
        over = true;
        observer.failed(number);
      }
      case PathChecks.Action.Lost() -> {
        over = true;
        observer.lost();
      }
    }
  }
}
