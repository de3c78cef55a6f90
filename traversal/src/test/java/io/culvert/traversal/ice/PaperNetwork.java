package io.culvert.traversal.ice;

import io.culvert.traversal.ice.IceAgent.Event;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Two peers, their NATs, a relay and the network between them, in virtual time: any two of them are
 * 25 ms apart, the two peers in one network 1 ms.
 */
final class PaperNetwork {
  static final Duration ONE_WAY = Duration.ofMillis(25);
  static final byte[] DATA = {(byte) 0xc0};
  private static final Instant START = Instant.EPOCH;
  private static final int MOST_EVENTS = 200_000;

  private record Delivery(Instant at, long number, Runnable what) {}

  private final PriorityQueue<Delivery> deliveries =
      new PriorityQueue<>(Comparator.comparing(Delivery::at).thenComparingLong(Delivery::number));
  private final List<PaperPeer> peers = new ArrayList<>();
  private final Map<PaperPeer, Base> connected = new LinkedHashMap<>();
  private Instant now = START;
  private long deliveryNumber;
  private int dataDelivered;
  private Predicate<CandidatePair> dropped = _ -> false;
  private final Set<PaperPeer> stopped = new HashSet<>();
  private boolean sameLan;

  Instant now() {
    return now;
  }

  Duration elapsed() {
    return Duration.between(START, now);
  }

  PaperPeer peer(Role role, PaperNat.Kind kind) {
    PaperPeer peer = new PaperPeer(this, role, 10 + peers.size(), kind);
    peers.add(peer);
    return peer;
  }

  PaperNetwork inOneLan() {
    sameLan = true;
    return this;
  }

  /** From now on nothing that is sent on these ways arrives. */
  void drop(Predicate<CandidatePair> ways) {
    dropped = ways;
  }

  /** Its process stands still: it hears nothing and does nothing. */
  void stop(PaperPeer peer) {
    stopped.add(peer);
  }

  /** It goes on. */
  void goOn(PaperPeer peer) {
    stopped.remove(peer);
  }

  /** The two have a TCP connection from now on. */
  void connectByTcp(PaperPeer one, PaperPeer other) {
    connected.put(one, Base.tcp(2, other.nat.reflexive()));
    connected.put(other, Base.tcp(2, one.nat.reflexive()));
    connected.forEach(PaperPeer::opens);
  }

  int dataDelivered() {
    return dataDelivered;
  }

  /** Something happens later. */
  void after(Duration delay, Runnable what) {
    deliveries.add(new Delivery(now.plus(delay), deliveryNumber++, what));
  }

  /** Every so often, from now on. */
  void every(Duration interval, Runnable what) {
    after(
        interval,
        () -> {
          what.run();
          every(interval, what);
        });
  }

  void send(PaperPeer from, CandidatePair way, byte[] datagram) {
    if (dropped.test(way)) {
      return;
    }
    PaperPeer to = peers.get(from == peers.getFirst() ? 1 : 0);
    InetSocketAddress remote = way.remote();
    if (way.local().isTcp()) {
      Base base = Objects.requireNonNull(connected.get(to));
      after(ONE_WAY, () -> arrive(to, base, base.peer().orElseThrow(), datagram));
    } else if (way.local().relayed()) {
      after(ONE_WAY, () -> fromRelay(to, from.relayed, remote, datagram));
    } else if (remote.equals(to.relayed)) {
      InetSocketAddress source = from.nat.out(remote);
      after(ONE_WAY.multipliedBy(2), () -> arrive(to, PaperPeer.RELAY, source, datagram));
    } else if (sameLan && remote.equals(to.inside)) {
      after(Duration.ofMillis(1), () -> arrive(to, PaperPeer.DIRECT, from.inside, datagram));
    } else {
      InetSocketAddress source = from.nat.out(remote);
      after(ONE_WAY, () -> throughNat(to, source, remote, datagram));
    }
  }

  /** What dies on its way has left the NAT, too. */
  void open(PaperPeer from, CandidatePair way) {
    if (!dropped.test(way)) {
      from.nat.out(way.remote());
    }
  }

  private void fromRelay(
      PaperPeer to, InetSocketAddress source, InetSocketAddress remote, byte[] datagram) {
    if (remote.equals(to.relayed)) {
      after(ONE_WAY, () -> arrive(to, PaperPeer.RELAY, source, datagram));
    } else {
      after(ONE_WAY, () -> throughNat(to, source, remote, datagram));
    }
  }

  private void throughNat(
      PaperPeer to, InetSocketAddress source, InetSocketAddress remote, byte[] datagram) {
    if (to.nat.in(source, remote)) {
      arrive(to, PaperPeer.DIRECT, source, datagram);
    }
  }

  private void arrive(PaperPeer to, Base base, InetSocketAddress source, byte[] datagram) {
    if (stopped.contains(to)) {
      return;
    }
    if (Arrays.equals(datagram, DATA)) {
      dataDelivered++;
      to.agent.heard(new CandidatePair(base, source));
    } else {
      to.receives(base, source, datagram);
    }
  }

  /** Lets time pass until so long after the start. */
  void runUntil(Duration elapsed) {
    Instant end = START.plus(elapsed);
    for (int i = 0; i < MOST_EVENTS; i++) {
      Instant next = next();
      if (next.isAfter(end)) {
        now = end;
        return;
      }
      now = next.isBefore(now) ? now : next;
      Delivery delivery = deliveries.peek();
      if (delivery != null && !delivery.at().isAfter(now)) {
        deliveries.remove();
        delivery.what().run();
      } else {
        peers.stream()
            .filter(peer -> !deadline(peer).isAfter(now))
            .toList()
            .forEach(peer -> peer.on(new Event.DeadlineReached()));
      }
    }
    throw new AssertionError("never quiet: " + next() + " at " + now);
  }

  private Instant deadline(PaperPeer peer) {
    return stopped.contains(peer) ? Instant.MAX : peer.deadline();
  }

  private Instant next() {
    Instant next = deliveries.isEmpty() ? Instant.MAX : deliveries.peek().at();
    for (PaperPeer peer : peers) {
      Instant deadline = deadline(peer);
      next = deadline.isBefore(next) ? deadline : next;
    }
    return next;
  }
}
