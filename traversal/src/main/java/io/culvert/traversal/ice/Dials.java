package io.culvert.traversal.ice;

import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.tcp.DialError;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The peer's candidates of TCP, and which of them are to be dialled (RFC 6544 §6.2): where the peer
 * waits for connections, and where both open one at the same time. To where the peer opens them
 * itself there is nothing to do but to accept them. Not thread-safe.
 */
final class Dials {
  /** So long UDP is alone: where it passes, it has found a way by then. */
  static final Duration WAIT = Duration.ofSeconds(1);

  /** Each is an entry in a router. */
  static final int MOST = 10;

  /** After so many, only so often somewhere else: a peer may name ever new places. */
  static final Duration PACE = Duration.ofSeconds(6);

  /** What a peer may say of itself. */
  private static final int MAX_CANDIDATES = 64;

  /** What candidates of one kind have in common; some kinds may all be in vain. */
  private record Kind(CandidateType type, Means means) {
    static Kind of(IceCandidate candidate) {
      return new Kind(
          candidate.type(),
          new Means(
              candidate.tcp().map(Dials::counterpart).orElseThrow(),
              candidate.address().getAddress() instanceof Inet4Address));
    }
  }

  /** How a connection can be opened from here. */
  private record Means(TcpType type, boolean ipv4) {}

  /**
   * One that can be begun.
   *
   * @param behind how many of its kind are better
   */
  private record Choice(Dial dial, int behind) {}

  private final Set<Means> ours = new HashSet<>();
  private final Map<InetSocketAddress, Dial> dials = new LinkedHashMap<>();
  private final List<Action> abandoned = new ArrayList<>();
  private final Pacer places;
  private Instant earliest;

  Dials(Instant now) {
    this.places = new Pacer(MOST, PACE, now);
    this.earliest = now;
  }

  /** The peer is known, or begins anew: what it said does not count any more. */
  void start(Instant now) {
    earliest = now.plus(WAIT);
    dials.values().forEach(this::giveUp);
    dials.clear();
  }

  /** Connections of that kind can be opened from here. */
  boolean possible(TcpType type, boolean ipv4, Instant now) {
    boolean isNew = ours.add(new Means(type, ipv4));
    if (isNew) {
      again(now);
    }
    return isNew;
  }

  /** They cannot any more; those that have come about stay. */
  void over(TcpType type) {
    ours.removeIf(means -> means.type() == type);
    dials.values().stream()
        .filter(dial -> Kind.of(dial.candidate()).means().type() == type)
        .forEach(this::giveUp);
  }

  /**
   * The peer may be reached there; false when that is known, or of no use. Where both open a
   * connection at the same time, it is news whenever it is said: the peer does so now. It has one
   * such place of each foundation, for it has another port each time.
   */
  boolean found(IceCandidate candidate, Instant now) {
    boolean isDialled =
        candidate.tcp().filter(type -> type != TcpType.ACTIVE).isPresent()
            && candidate.address().getPort() > 0;
    if (!isDialled) {
      return false;
    }
    boolean together = isTogether(candidate);
    Dial known = dials.get(candidate.address());
    if (known != null) {
      return together && known.again(later(now, earliest));
    }
    if (together) {
      forgetPredecessor(candidate);
    }
    dials.put(candidate.address(), new Dial(candidate, later(now, earliest)));
    if (dials.size() > MAX_CANDIDATES) {
      forgetOldest();
    }
    return true;
  }

  private void forgetOldest() {
    dials.values().stream()
        .filter(dial -> !dial.isBegun())
        .findFirst()
        .ifPresent(dial -> dials.remove(dial.candidate().address()));
  }

  static boolean isTogether(IceCandidate candidate) {
    return candidate.tcp().filter(TcpType.SO::equals).isPresent();
  }

  private void forgetPredecessor(IceCandidate candidate) {
    dials
        .values()
        .removeIf(dial -> {
          boolean isReplaced =
              isTogether(dial.candidate())
                  && dial.candidate().foundation().equals(candidate.foundation());
          if (isReplaced) {
            giveUp(dial);
          }
          return isReplaced;
        });
  }

  private void giveUp(Dial dial) {
    if (dial.giveUp()) {
      abandoned.add(new Action.AbandonDial(dial.candidate().address()));
    }
  }

  /** What the peer has said of the place to which there is a connection now. */
  Optional<IceCandidate> connected(InetSocketAddress to) {
    Optional<Dial> dial = at(to);
    dial.ifPresent(Dial::connected);
    return dial.map(Dial::candidate);
  }

  /** There is no connection to there. */
  void failed(InetSocketAddress to, DialError why, Instant now) {
    at(to).ifPresent(dial -> dial.failed(why, now));
  }

  /** There is none any more. */
  void closed(InetSocketAddress to, Instant now) {
    at(to).ifPresent(dial -> dial.closed(now));
  }

  private Optional<Dial> at(InetSocketAddress to) {
    return Optional.ofNullable(dials.get(to));
  }

  /** What has come to nothing is tried again, from then on. */
  void again(Instant when) {
    dials.values().forEach(dial -> dial.again(later(when, earliest)));
  }

  /** When something is to be done about those that have been begun. */
  Instant nextStep() {
    return abandoned.isEmpty()
        ? dials.values().stream().map(Dial::nextStep).min(Instant::compareTo).orElse(Instant.MAX)
        : Instant.MIN;
  }

  /**
   * What is to be done about those that have been begun.
   *
   * @param wanted whether another attempt may follow one that has come to nothing
   */
  List<Action> steps(boolean wanted, Instant now) {
    List<Action> actions = new ArrayList<>(abandoned);
    abandoned.clear();
    dials.values().forEach(dial -> actions.addAll(dial.steps(wanted, now)));
    return actions;
  }

  /** When the next one is due to be begun. */
  Instant nextBegin() {
    Instant due =
        candidates().stream()
            .map(choice -> choice.dial().due())
            .min(Instant::compareTo)
            .orElse(Instant.MAX);
    return due.equals(Instant.MAX) ? due : later(due, places.next());
  }

  /**
   * Begins the best one that is due.
   *
   * @param leads whether the peer has its part because we have called it
   */
  Optional<Action> begin(boolean leads, Instant now) {
    return candidates().stream()
        .map(Choice::dial)
        .filter(dial -> !dial.due().isAfter(now))
        .findFirst()
        .filter(_ -> places.take(now))
        .map(dial -> dial.begin(leads, now));
  }

  /**
   * Those that can be dialled: the best of each kind, then the second best, so that none is kept
   * from its turn by a dozen interfaces.
   */
  private List<Choice> candidates() {
    Map<Kind, Integer> better = new HashMap<>();
    return dials.values().stream()
        .filter(dial -> ours.contains(Kind.of(dial.candidate()).means()))
        .sorted(Comparator.comparingLong((Dial dial) -> dial.candidate().priority()).reversed())
        .map(dial -> new Choice(dial, better.merge(Kind.of(dial.candidate()), 1, Integer::sum)))
        .sorted(Comparator.comparingInt(Choice::behind))
        .limit(MOST)
        .toList();
  }

  /** As what we open a connection to a candidate of that type. */
  static TcpType counterpart(TcpType theirs) {
    return switch (theirs) {
      case ACTIVE -> TcpType.PASSIVE;
      case PASSIVE -> TcpType.ACTIVE;
      case SO -> TcpType.SO;
    };
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
