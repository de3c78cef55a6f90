package io.culvert.client.ice;

import io.culvert.client.net.Alarm;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.net.TcpMapping;
import io.culvert.traversal.ice.Priorities;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port of one family, from which connections are opened to a peer that opens them to here at
 * the same time (RFC 6544 §4.1): the addresses of the machine with it, and where a server sees it.
 * Confined to the event loop.
 */
final class SimultaneousPort {
  /** So long servers may keep us from beginning. */
  private static final Duration SERVERS_PATIENCE = Duration.ofSeconds(1);

  /** Of the addresses of a machine, those that lead somewhere come first. */
  private static final int MOST_HOSTS = 2;

  /** What a candidate is related to is nobody's business but ours. */
  private static final InetSocketAddress UNTOLD = new InetSocketAddress(0);

  /** Who is told how it goes. */
  interface Observer {
    /** The peer is to know this. */
    void found(IceCandidate candidate);

    /** The peer has been told what there is to tell: connections can be opened. */
    void ready(SimultaneousPort port);

    /** There is no such port: why, as a part of a sentence. */
    void none(SimultaneousPort port, String why);
  }

  private final EventLoop loop;
  private final SocketProtocolFamily family;
  private final Observer observer;
  private final PunchSockets sockets;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final List<IceCandidate> candidates = new ArrayList<>();
  private @Nullable Channel listener;
  private @Nullable TcpMapping mapping;
  private boolean ready;
  private boolean closed;

  SimultaneousPort(EventLoop loop, SocketProtocolFamily family, Observer observer) {
    this.loop = loop;
    this.family = family;
    this.observer = observer;
    this.sockets = new PunchSockets(loop, Transport.best());
    this.alarm = new Alarm(loop, time, this::ready);
  }

  /**
   * Opens it.
   *
   * @param hosts the addresses of this machine
   * @param servers to be asked where they see it
   * @param accepted takes what the peer has opened and we have not
   */
  void open(List<InetAddress> hosts, List<InetSocketAddress> servers, Consumer<Channel> accepted) {
    ChannelFuture listening = sockets.listen(family, 0, accepted);
    if (PunchSockets.noneOpened(listening)) {
      loop.execute(() -> none(listening.cause()));
      return;
    }
    listener = listening.channel();
    listening.addListener((ChannelFuture done) -> {
      if (!done.isSuccess()) {
        none(done.cause());
      } else if (!closed) {
        opened(hosts, servers);
      }
    });
  }

  private void none(Throwable why) {
    if (!closed) {
      observer.none(this, SocketError.explain(why));
    }
  }

  private void opened(List<InetAddress> hosts, List<InetSocketAddress> servers) {
    hosts.stream()
        .filter(this::isOfFamily)
        .limit(MOST_HOSTS)
        .forEach(host -> tell(CandidateType.HOST, new InetSocketAddress(host, port())));
    TcpMapping asked = new TcpMapping(sockets, new SecureRandom(), this::answered);
    mapping = asked;
    servers.stream()
        .filter(server -> isOfFamily(server.getAddress()))
        .forEach(server -> asked.ask(port(), server));
    alarm.set(Optional.of(time.instant().plus(SERVERS_PATIENCE)));
    answered();
  }

  /** Whether it is one of IPv4. */
  boolean ipv4() {
    return family == SocketProtocolFamily.INET;
  }

  private boolean isOfFamily(InetAddress address) {
    return ipv4() == address instanceof Inet4Address;
  }

  private int port() {
    return listener == null ? 0 : ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private void answered() {
    if (mapping != null && mapping.isOver() && !closed) {
      mapping.address().ifPresent(address -> tell(CandidateType.SERVER_REFLEXIVE, address));
      ready();
    }
  }

  /** One foundation of each base: what is told of a later port takes the place of this. */
  private void tell(CandidateType type, InetSocketAddress address) {
    if (candidates.stream().anyMatch(known -> known.address().equals(address))) {
      return;
    }
    int behind = (int) candidates.stream().filter(known -> known.type() == type).count();
    IceCandidate candidate =
        new IceCandidate(
            "so/" + (ipv4() ? "4/" : "6/") + type.text() + "/" + behind,
            Priorities.ofTcp(type, TcpType.SO, ipv4(), behind),
            address,
            type,
            type == CandidateType.HOST ? Optional.empty() : Optional.of(UNTOLD),
            Optional.of(TcpType.SO));
    candidates.add(candidate);
    observer.found(candidate);
  }

  private void ready() {
    if (!ready) {
      ready = true;
      alarm.cancel();
      observer.ready(this);
    }
  }

  /** What the peer has been told. */
  List<IceCandidate> candidates() {
    return candidates;
  }

  /** Opens a connection; who wants it bounds the time. */
  ChannelFuture dial(InetSocketAddress to) {
    return sockets.dial(port(), to);
  }

  /** Closes it, but not the connections that have come about. */
  void close() {
    closed = true;
    alarm.cancel();
    if (mapping != null) {
      mapping.close();
    }
    if (listener != null) {
      listener.close();
    }
  }
}
