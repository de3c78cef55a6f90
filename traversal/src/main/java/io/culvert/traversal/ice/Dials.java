package io.culvert.traversal.ice;

import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** What a peer may say of itself. */
  private static final int MAX_CANDIDATES = 64;

  /** One that has been begun is due again when it has come to nothing and the search goes on. */
  private static final class Dial {
    private final IceCandidate candidate;
    private Instant due;
    private boolean begun;

    Dial(IceCandidate candidate, Instant due) {
      this.candidate = candidate;
      this.due = due;
    }
  }

  /** How a connection can be opened from here. */
  private record Means(TcpType type, boolean ipv4) {}

  private final Set<Means> ours = new HashSet<>();
  private final Map<InetSocketAddress, Dial> dials = new LinkedHashMap<>();

  /** Connections of that kind can be opened from here. */
  boolean possible(TcpType type, boolean ipv4) {
    return ours.add(new Means(type, ipv4));
  }

  /** The peer may be reached there; false when that is known, or of no use. */
  boolean found(IceCandidate candidate, Instant now) {
    boolean isDialled =
        candidate.tcp().filter(type -> type != TcpType.ACTIVE).isPresent()
            && candidate.address().getPort() > 0;
    boolean isNew =
        isDialled
            && dials.putIfAbsent(candidate.address(), new Dial(candidate, now.plus(WAIT))) == null;
    if (dials.size() > MAX_CANDIDATES) {
      dials.values().stream().filter(dial -> !dial.begun).findFirst().ifPresent(this::forget);
    }
    return isNew;
  }

  /** What the peer has said of the place to which there is a connection now. */
  Optional<IceCandidate> connected(InetSocketAddress to) {
    Dial dial = dials.get(to);
    if (dial == null) {
      return Optional.empty();
    }
    dial.begun = true;
    dial.due = Instant.MAX;
    return Optional.of(dial.candidate);
  }

  private void forget(Dial dial) {
    dials.remove(dial.candidate.address());
  }

  /** There is no connection to there, or none any more. */
  void failed(InetSocketAddress to) {
    Dial dial = dials.get(to);
    if (dial != null) {
      dial.begun = false;
      dial.due = Instant.MAX;
    }
  }

  /** What has come to nothing is tried again, from then on. */
  void again(Instant when) {
    dials.values().stream()
        .filter(dial -> !dial.begun && dial.due.equals(Instant.MAX))
        .forEach(dial -> dial.due = when);
  }

  /** The peer begins anew: what it said does not count any more. */
  void restart() {
    dials.clear();
  }

  /** When the next one is due. */
  Instant next() {
    return candidates().stream().map(dial -> dial.due).min(Instant::compareTo).orElse(Instant.MAX);
  }

  /** The best one that is due, which is begun then; null when there is none. */
  @Nullable IceCandidate take(Instant now) {
    for (Dial dial : candidates()) {
      if (!dial.due.isAfter(now)) {
        dial.begun = true;
        dial.due = Instant.MAX;
        return dial.candidate;
      }
    }
    return null;
  }

  /** Those that can be dialled, the best first. */
  private List<Dial> candidates() {
    return dials.values().stream()
        .filter(dial -> isPossible(dial.candidate))
        .sorted(Comparator.comparingLong((Dial dial) -> dial.candidate.priority()).reversed())
        .limit(MOST)
        .toList();
  }

  private boolean isPossible(IceCandidate candidate) {
    boolean ipv4 = candidate.address().getAddress() instanceof Inet4Address;
    return candidate.tcp().map(Dials::counterpart).stream()
        .anyMatch(type -> ours.contains(new Means(type, ipv4)));
  }

  /** As what we open a connection to a candidate of that type. */
  static TcpType counterpart(TcpType theirs) {
    return switch (theirs) {
      case ACTIVE -> TcpType.PASSIVE;
      case PASSIVE -> TcpType.ACTIVE;
      case SO -> TcpType.SO;
    };
  }
}
