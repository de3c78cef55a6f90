package io.culvert.traversal.ice;

import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All pairs: of what can be sent from, and of where the peer may be (RFC 8445 §6.1.2). When there
 * are too many, the best are taken. Not thread-safe.
 */
final class CheckList {
  /** RFC 8445 §6.1.2.5. */
  static final int MAX_PAIRS = 100;

  /** So many addresses of a peer may get checks from one base: each is an entry in a router. */
  static final int MAX_DESTINATIONS = 50;

  /** What a peer may say of itself; the best are taken of these, and of more the newest. */
  private static final int MAX_CANDIDATES = 256;

  private final Set<Base> bases = new LinkedHashSet<>();
  private final LinkedHashMap<InetSocketAddress, IceCandidate> candidates = new LinkedHashMap<>();
  private final Map<CandidatePair, Pair> pairs = new LinkedHashMap<>();
  private Role role;

  CheckList(Role role) {
    this.role = role;
  }

  Role role() {
    return role;
  }

  /** The order of pairs depends on it. */
  void role(Role another) {
    role = another;
  }

  Collection<Pair> all() {
    return Collections.unmodifiableCollection(pairs.values());
  }

  /** The best one first. */
  List<Pair> byPriority() {
    return pairs.values().stream().sorted(highestFirst()).toList();
  }

  /** What is to be checked now, in this order. */
  List<Pair> due(Instant now) {
    return pairs.values().stream()
        .filter(pair -> !pair.due().isAfter(now))
        .sorted(Comparator.comparing((Pair pair) -> !pair.isUrgent()).thenComparing(highestFirst()))
        .toList();
  }

  private Comparator<Pair> highestFirst() {
    return Comparator.comparingLong((Pair pair) -> pair.priority(role)).reversed();
  }

  @Nullable Pair find(CandidatePair way) {
    return pairs.get(way);
  }

  /** There is something more to send from; false when that is known. */
  boolean open(Base base, Instant now) {
    boolean isNew = bases.add(base);
    if (isNew) {
      candidates.values().forEach(candidate -> pair(base, candidate, now));
      base.peer().ifPresent(peer -> connected(base, peer, now));
    }
    return isNew;
  }

  void close(Base base) {
    bases.remove(base);
    removeIf(pair -> pair.addresses().local().equals(base));
  }

  /** The peer may be there, too; false when that is known, or of no use. */
  boolean found(IceCandidate candidate, Instant now) {
    boolean isUsable = candidate.tcp().isEmpty() && candidate.address().getPort() > 0;
    boolean isNew = isUsable && candidates.putIfAbsent(candidate.address(), candidate) == null;
    if (isNew) {
      if (candidates.size() > MAX_CANDIDATES) {
        candidates.pollFirstEntry();
      }
      bases.forEach(base -> pair(base, candidate, now));
    }
    return isNew;
  }

  /**
   * The peer has been heard on that way.
   *
   * @param priority what it says that its address has
   * @return null when there are too many that are better
   */
  @Nullable Pair heard(CandidatePair way, long priority, Instant now) {
    Pair known = pairs.get(way);
    if (known != null) {
      return known;
    }
    return add(
        way,
        isRelay(way.remote()) ? CandidateType.RELAYED : CandidateType.PEER_REFLEXIVE,
        priority,
        now);
  }

  /** Whether a relay of the peer's is there, and the peer itself is not; a NAT may change ports. */
  private boolean isRelay(InetSocketAddress remote) {
    Set<CandidateType> types =
        candidates.values().stream()
            .filter(candidate -> candidate.address().getAddress().equals(remote.getAddress()))
            .map(IceCandidate::type)
            .collect(Collectors.toSet());
    return types.equals(Set.of(CandidateType.RELAYED));
  }

  /** The peer begins anew (RFC 8445 §9): what it said does not count any more, what works does. */
  void restart() {
    candidates.clear();
    removeIf(pair -> !pair.isValid());
  }

  private void removeIf(Predicate<Pair> condition) {
    List<Pair> gone = pairs.values().stream().filter(condition).toList();
    gone.forEach(pair -> {
      pair.fail();
      pairs.remove(pair.addresses());
    });
  }

  /** The other end of a connection needs no candidate to be known. */
  private void connected(Base base, InetSocketAddress peer, Instant now) {
    heard(new CandidatePair(base, peer), Priorities.reflexive(base), now);
  }

  /** The peer has said that it may be at the other end of a connection. */
  void connected(Base base, IceCandidate candidate) {
    Pair pair = pairs.get(new CandidatePair(base, candidate.address()));
    if (pair != null) {
      pair.remoteIs(candidate.type(), candidate.priority());
    }
  }

  private void pair(Base base, IceCandidate candidate, Instant now) {
    if (!base.reaches(candidate.address())) {
      return;
    }
    CandidatePair way = new CandidatePair(base, candidate.address());
    Pair known = pairs.get(way);
    if (known == null) {
      add(way, candidate.type(), candidate.priority(), now);
    } else {
      known.remoteIs(candidate.type(), candidate.priority());
    }
  }

  private @Nullable Pair add(CandidatePair way, CandidateType type, long priority, Instant now) {
    Base base = way.local();
    long ours =
        base.relayed()
            ? Priorities.of(CandidateType.RELAYED, base.ipv4(), 0)
            : Priorities.reflexive(base);
    Pair pair = new Pair(way, ours, type, priority);
    if (!makeRoom(pair, now)) {
      return null;
    }
    pairs.put(way, pair);
    return pair;
  }

  /** One that has been tried in vain, or not at all yet, may have to go. */
  private boolean makeRoom(Pair pair, Instant now) {
    Base base = pair.addresses().local();
    List<Pair> rivals =
        pairs.values().stream().filter(each -> each.addresses().local().equals(base)).toList();
    boolean isFull = rivals.size() >= MAX_DESTINATIONS;
    if (!isFull && pairs.size() < MAX_PAIRS) {
      return true;
    }
    Collection<Pair> affected = isFull ? rivals : pairs.values();
    Optional<Pair> goes =
        affected.stream()
            .filter(each -> each.isInVain(now))
            .findFirst()
            .or(() ->
                affected.stream()
                    .filter(each -> each.sent() == 0)
                    .min(Comparator.comparingLong(each -> each.priority(role)))
                    .filter(worst -> worst.priority(role) < pair.priority(role)));
    goes.ifPresent(each -> pairs.remove(each.addresses()));
    return goes.isPresent();
  }
}
