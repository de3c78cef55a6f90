package io.culvert.client.ice;

import io.culvert.client.net.Alarm;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a session tries to open TCP connections at the same time as its peer does, for where UDP is
 * dead but TCP passes: as long as there is no direct way, now and then for some seconds, each time
 * from fresh ports. Whoever begins tells the other one where, and has it begin, too. Confined to
 * the event loop.
 */
final class DirectTcp {
  /** So long UDP is alone: where it passes, it has found a way by then. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  /** How long an attempt takes: the peer may have to ask its servers first. */
  private static final Duration LASTS = Duration.ofSeconds(12);

  /** So long the peer may take to say where it is. */
  private static final Duration PEERS_PATIENCE = Duration.ofSeconds(6);

  /** What is under way when there is a connection may become a better one. */
  private static final Duration GRACE = Duration.ofMillis(500);

  /**
   * What both have told each other within so long may have crossed. Had it, and were there a way,
   * there would be a connection soon.
   */
  private static final Duration CROSSING = Duration.ofMillis(200);

  private static final int MOST_PLACES = 16;

  /** Between two attempts: each one is some dozen dials, entries of a router like others. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(60));

  private final PeerPort port;
  private final IceSession session;
  private final TcpWays ways;
  private final InstantSource time = new MonotonicTime();
  private final Alarm next;
  private final Alarm end;
  private final Alarm sayAgain;
  private List<SimultaneousPort> ports = List.of();
  private Optional<String> whyNot = Optional.empty();
  private Instant peerTried = Instant.MIN;
  private Instant began = Instant.MIN;
  private Instant told = Instant.MIN;
  private final Map<String, InetSocketAddress> peersPlaces = new HashMap<>();
  private int attempts;
  private boolean hasBeenTcp;
  private boolean wanted;
  private boolean closed;

  DirectTcp(PeerPort port, IceSession session, TcpWays ways) {
    this.port = port;
    this.session = session;
    this.ways = ways;
    this.next = new Alarm(port.loop(), time, this::begin);
    this.end = new Alarm(port.loop(), time, this::over);
    this.sayAgain = new Alarm(port.loop(), time, () -> candidates().forEach(this::tell));
  }

  /** There is no direct way, as far as is known. */
  void want() {
    if (wanted || closed) {
      return;
    }
    wanted = true;
    attempts = 0;
    giveUp();
    boolean udpIsDead = hasBeenTcp || hasPeerTried();
    next.set(Optional.of(udpIsDead ? time.instant() : time.instant().plus(WAIT)));
  }

  private boolean hasPeerTried() {
    return !peerTried.isBefore(time.instant().minus(LASTS));
  }

  /**
   * There is one.
   *
   * @param tcp whether it is a connection of TCP
   */
  void found(boolean tcp) {
    wanted = false;
    hasBeenTcp = tcp;
    whyNot = Optional.empty();
    next.cancel();
    sayAgain.cancel();
    if (!tcp) {
      giveUp();
    } else if (isUnderWay()) {
      end.set(Optional.of(time.instant().plus(GRACE)));
    }
  }

  /**
   * The peer says where it opens connections from, and to. When that is another place than before,
   * it may not have heard of ours: signals get lost while one is on the way from one network to
   * another. That it has told us its place shortly after we told it ours does not show that it has
   * heard us.
   */
  void peerTries(IceCandidate from) {
    peerTried = time.instant();
    if (peersPlaces.size() >= MOST_PLACES) {
      peersPlaces.clear();
    }
    boolean isNew = !from.address().equals(peersPlaces.put(from.foundation(), from.address()));
    if (wanted && !isUnderWay()) {
      begin();
    } else if (wanted && isNew) {
      sayAgain.set(Optional.of(told.plus(CROSSING)));
    }
  }

  private void tell(IceCandidate candidate) {
    told = time.instant();
    session.found(candidate);
  }

  /** Where we are may be another place. */
  void networkChanged() {
    if (wanted) {
      giveUp();
      begin();
    }
  }

  /** What the peer is to know while an attempt is under way. */
  List<IceCandidate> candidates() {
    return ports.stream().flatMap(each -> each.candidates().stream()).toList();
  }

  /** Opens a connection to such a candidate of the peer's; empty when it is too late for that. */
  Optional<ChannelFuture> dial(InetSocketAddress to) {
    return portOf(to.getAddress() instanceof Inet4Address).map(each -> each.dial(to));
  }

  private Optional<SimultaneousPort> portOf(boolean ipv4) {
    return ports.stream().filter(each -> each.ipv4() == ipv4).findFirst();
  }

  /** Whether something may come of it without more being asked for. */
  boolean isUnderWay() {
    return !ports.isEmpty();
  }

  /** Why there is no connection after an attempt: a sentence for people. */
  Optional<String> whyNot() {
    return whyNot;
  }

  /** Ends all of it. */
  void close() {
    closed = true;
    next.cancel();
    giveUp();
  }

  private void begin() {
    if (isUnderWay() || closed) {
      return;
    }
    next.cancel();
    began = time.instant();
    told = began;
    ways.closeDead();
    List<InetAddress> hosts = port.hosts();
    boolean hasIpv6 = !hosts.stream().allMatch(Inet4Address.class::isInstance);
    ports =
        Stream.of(SocketProtocolFamily.INET, SocketProtocolFamily.INET6)
            .filter(family -> family == SocketProtocolFamily.INET || hasIpv6)
            .map(family -> new SimultaneousPort(port.loop(), family, new Progress()))
            .toList();
    ports.forEach(each -> each.open(hosts, port.stunServers(), port::accepted));
    end.set(Optional.of(began.plus(PEERS_PATIENCE)));
  }

  /** Some of the time is over. */
  private void over() {
    Instant last = began.plus(LASTS);
    if (!wanted) {
      giveUp();
    } else if (!hasPeerTried()) {
      failed("The peer has not said in time where to reach it.");
    } else if (last.isAfter(time.instant())) {
      end.set(Optional.of(last));
    } else {
      failed(
          "Both have dialled each other for some seconds, and nothing came through: a firewall"
              + " forbids it, or a NAT gives every destination a port of its own.");
    }
  }

  private void giveUp() {
    end.cancel();
    sayAgain.cancel();
    if (isUnderWay()) {
      List<SimultaneousPort> those = ports;
      ports = List.of();
      session.dialsOver();
      those.forEach(SimultaneousPort::close);
    }
  }

  private void failed(String why) {
    giveUp();
    whyNot = Optional.of(why);
    if (wanted) {
      Duration pause = PAUSES.get(Math.min(attempts++, PAUSES.size() - 1));
      next.set(Optional.of(time.instant().plus(pause)));
    }
    session.tcpFailed();
  }

  private final class Progress implements SimultaneousPort.Observer {
    @Override
    public void found(IceCandidate candidate) {
      tell(candidate);
    }

    @Override
    public void ready(SimultaneousPort port) {
      session.dialsPossible(port.ipv4());
    }

    @Override
    public void none(SimultaneousPort port, String why) {
      ports = ports.stream().filter(each -> each != port).toList();
      if (ports.isEmpty()) {
        failed("There is no port for it: " + why + ".");
      }
    }
  }
}
