package io.culvert.client.ice;

import io.culvert.client.net.Alarm;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.nat.HardNatSearch;
import io.culvert.traversal.nat.HardNatSearch.Action;
import io.culvert.traversal.nat.NatProfile;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.transport.MonotonicTime;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a direct way of a session where the usual checks find none: tells the peer what our NAT
 * does, hears the same of the peer's, and gives a {@link HardNatSearch} its sockets and its time.
 * What it finds is a way of the agent like any other. Confined to the event loop.
 */
final class HardWay {
  /** So long the usual checks are left alone: what they can find is found by then. */
  private static final Duration WAIT = Duration.ofMillis(700);

  /** What is known of a NAT that has other sockets behind it gets old. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  /** Two that have found each other by several ways have chosen one by then. */
  private static final Duration SETTLED = Duration.ofSeconds(10);

  /** Another session may be searching. */
  private static final Duration TURN = Duration.ofSeconds(5);

  private final PeerPort port;
  private final IceSession session;
  private final InstantSource time = new MonotonicTime();
  private final HardNatSearch search = new HardNatSearch(new SecureRandom());
  private final Alarm alarm;
  private final Map<Integer, Base> opened = new HashMap<>();
  private final Map<InetSocketAddress, InetSocketAddress> seenByPeer = new LinkedHashMap<>();
  private NatSightings ours = NatSightings.NONE;
  private @Nullable NatProfile theirs;
  private Instant theirsSince = Instant.MIN;
  private boolean wanted;
  private boolean surveyed;
  private boolean closed;

  HardWay(PeerPort port, IceSession session) {
    this.port = port;
    this.session = session;
    this.alarm = new Alarm(port.loop(), time, this::alarmed);
  }

  /** There is no direct way, as far as is known. */
  void want() {
    if (!wanted && !closed) {
      wanted = true;
      surveyed = false;
      alarm.set(Optional.of(time.instant().plus(WAIT)));
    }
  }

  /** There is one. */
  void found() {
    if (wanted) {
      wanted = false;
      act(search.stop());
      port.turns().giveBack(this, time.instant());
      alarm.set(opened.isEmpty() ? Optional.empty() : Optional.of(time.instant().plus(SETTLED)));
    }
  }

  /** The peer says this of its NAT. */
  void peerIs(NatSightings sightings) {
    theirs = NatProfile.of(sightings);
    theirsSince = time.instant();
    proceed();
  }

  /** What is in front of us, as far as is known now. */
  NatProfile ours() {
    return NatProfile.of(sightings());
  }

  /** What is in front of the peer, as far as it has said. */
  NatProfile theirs() {
    return theirs == null ? NatProfile.UNKNOWN : theirs;
  }

  /** The peer's relay has seen our usual socket there. */
  void seen(InetSocketAddress by, InetSocketAddress mapped) {
    seenByPeer.put(by, mapped);
    if (surveyed) {
      tell();
      proceed();
    }
  }

  /** Gives its sockets back. */
  void close() {
    closed = true;
    found();
    alarm.cancel();
    opened.values().forEach(port::close);
    opened.clear();
  }

  private void alarmed() {
    if (!wanted) {
      closeAllBut(session::isUsed);
    } else if (search.isOn()) {
      run();
    } else if (!surveyed || !search.notBefore().isAfter(time.instant())) {
      survey();
    } else {
      proceed();
    }
  }

  private void survey() {
    port.survey(() -> {
      if (wanted && !search.isOn()) {
        surveyed = true;
        ours = NatSightings.NONE;
        tell();
        proceed();
      }
    });
  }

  /** What a relay has seen that does not hear us any more may be an address of the past. */
  private NatSightings sightings() {
    seenByPeer.keySet().removeIf(by -> !session.isValid(new CandidatePair(Bases.IPV4, by)));
    return port.sightings(seenByPeer.values());
  }

  private void tell() {
    NatSightings now = sightings();
    if (!now.equals(ours)) {
      ours = now;
      session.tell(now);
    }
  }

  private void proceed() {
    NatProfile peer = theirs;
    NatProfile us = NatProfile.of(ours);
    Instant now = time.instant();
    if (!wanted || !surveyed || search.isOn() || peer == null) {
      return;
    }
    boolean isFresh = !peer.isSymmetric() || now.isBefore(theirsSince.plus(FRESH));
    if (!isFresh || !HardNatSearch.isWorthTrying(us, peer)) {
      return;
    }
    if (now.isBefore(search.notBefore())) {
      alarm.set(Optional.of(search.notBefore()));
    } else if (HardNatSearch.isCostly(us, peer) && !port.turns().take(this, now)) {
      alarm.set(Optional.of(now.plus(TURN)));
    } else {
      search.begin(us, peer, session.leads(), now);
      run();
    }
  }

  private void run() {
    act(search.deadlineReached(time.instant()));
    if (search.isOn()) {
      alarm.set(search.nextDeadline());
    } else {
      port.turns().giveBack(this, time.instant());
      alarm.set(Optional.of(search.notBefore()));
    }
  }

  private void act(List<Action> actions) {
    for (Action action : actions) {
      switch (action) {
        case Action.Check(InetSocketAddress to) -> session.guess(Bases.IPV4, to, 0);
        case Action.CheckFrom(int number, InetSocketAddress to, int hops) ->
            base(number).ifPresent(base -> session.guess(base, to, hops));
        // Where the peer has been heard may be where it sends to.
        case Action.CloseSockets() -> closeAllBut(session::isHeardAt);
      }
    }
  }

  private Optional<Base> base(int number) {
    Base known = opened.get(number);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Base> fresh = port.openMore();
    fresh.ifPresent(base -> opened.put(number, base));
    return fresh;
  }

  private void closeAllBut(Predicate<Base> needed) {
    List<Base> others = opened.values().stream().filter(needed.negate()).toList();
    opened.values().removeAll(others);
    others.forEach(base -> {
      port.close(base);
      session.closed(base);
    });
  }
}
