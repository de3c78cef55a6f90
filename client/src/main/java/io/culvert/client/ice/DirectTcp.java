package io.culvert.client.ice;

import io.culvert.client.net.Agreed;
import io.culvert.client.net.Alarm;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.ice.DatagramFraming;
import io.culvert.wire.transport.MonotonicTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connection of a session, for where UDP is dead but TCP passes: tries to open one when
 * there is no direct way, and makes it one of the agent's. Both peers do so; whoever is the first
 * to say where it is has the other one begin, too. Confined to the event loop.
 */
final class DirectTcp {
  /** So long UDP is alone: where it passes, it has found a way by then. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  /** Between two attempts: each one is some dozen dials, entries of a router like others. */
  private static final Duration PAUSE = Duration.ofSeconds(60);

  /**
   * What is open.
   *
   * @param by what the peer had said for that
   */
  private record Connected(CandidatePair pair, Optional<TcpOffer> by) {}

  private final PeerPort port;
  private final IceSession session;
  private final TcpWays ways;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private @Nullable TcpAttempt attempt;
  private @Nullable Connected connected;
  private Optional<String> whyNot = Optional.empty();
  private boolean wanted;
  private boolean closed;

  DirectTcp(PeerPort port, IceSession session, TcpWays ways) {
    this.port = port;
    this.session = session;
    this.ways = ways;
    this.alarm = new Alarm(port.loop(), time, this::begin);
  }

  /** There is no direct way, as far as is known. */
  void want() {
    if (!wanted && !closed) {
      wanted = true;
      if (connected != null && !session.isValid(connected.pair())) {
        drop(connected);
      } else if (attempt == null && connected == null) {
        beginAfter(WAIT);
      }
    }
  }

  /** There is one, of whatever kind. */
  void found() {
    wanted = false;
    alarm.cancel();
    giveUp();
  }

  /** The peer says where it is. */
  void peerOffers(TcpOffer offer) {
    if (closed || (!wanted && connected == null)) {
      return; // UDP does it, which the peer is about to find out
    }
    if (connected != null && connected.by().filter(offer::equals).isPresent()) {
      return; // it has just come of that
    }
    if (connected != null) {
      drop(connected); // as the peer has, or it would not ask for another
    }
    begin();
    if (attempt != null) {
      attempt.peerOffers(offer);
    }
  }

  /** Whether something may come of it without more being asked for. */
  boolean isUnderWay() {
    return attempt != null;
  }

  /** Why there is no connection after an attempt: a sentence for people. */
  Optional<String> whyNot() {
    return whyNot;
  }

  /** Ends all of it. */
  void close() {
    closed = true;
    alarm.cancel();
    giveUp();
  }

  private void beginAfter(Duration pause) {
    alarm.set(Optional.of(time.instant().plus(pause)));
  }

  private void begin() {
    if (attempt == null && !closed) {
      alarm.cancel();
      Role role = session.leads() ? Role.INVITER : Role.CALLEE;
      attempt = new TcpAttempt(port.loop(), role, new Progress());
      attempt.begin(port.stunServers());
    }
  }

  private void giveUp() {
    if (attempt != null) {
      attempt.close();
      attempt = null;
    }
  }

  private void drop(Connected dead) {
    ways.close(dead.pair());
    broken();
  }

  private void broken() {
    connected = null;
    if (wanted) {
      beginAfter(WAIT);
    }
  }

  private final class Progress implements TcpAttempt.Observer {
    @Override
    public void located(TcpOffer ours) {
      session.tell(ours);
    }

    @Override
    public void connected(Agreed connection) {
      Optional<TcpOffer> by = attempt == null ? Optional.empty() : attempt.peersOffer();
      attempt = null;
      whyNot = Optional.empty();
      CandidatePair pair = ways.pair(connection.remote());
      TcpWay way = ways.add(pair, connection.channel(), DirectTcp.this::broken);
      connected = new Connected(pair, by);
      connection.carry(DatagramFraming.decoder(TcpWay.LONGEST), way);
      session.opened(pair.local());
    }

    @Override
    public void failed(String why) {
      attempt = null;
      whyNot = Optional.of(why);
      if (wanted) {
        beginAfter(PAUSE);
      }
      session.tcpFailed();
    }
  }
}
