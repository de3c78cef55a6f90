package io.culvert.traversal.ice;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which of the pairs that work data are sent on. A better kind of way is taken at once, a
 * faster one of the same kind only when it is clearly faster. A way that has just been lost must
 * have worked for a while before it is taken again, and for longer each time. Not thread-safe.
 */
final class PathChoice {
  private static final Duration FIRST_PENALTY = Duration.ofSeconds(1);
  private static final Duration LONGEST_PENALTY = Duration.ofSeconds(60);

  /** Who has kept a way for so long has forgiven it. */
  private static final Duration FORGIVEN = Duration.ofMinutes(2);

  private static final Duration CLEARLY = Duration.ofMillis(3);
  private static final Duration UNKNOWN = Duration.ofSeconds(10);

  private static final Comparator<Pair> BY_RANK =
      Comparator.comparing(PathRank::of).thenComparing(PathChoice::roundTrip);

  private record Penalty(Instant since, Duration length) {
    Instant end() {
      return since.plus(length);
    }

    boolean isForgiven(Instant now) {
      return end().plus(FORGIVEN).isBefore(now);
    }
  }

  private final Map<Pair, Penalty> penalties = new HashMap<>();
  private @Nullable Pair current;

  /** What is in use. */
  Optional<Pair> current() {
    return Optional.ofNullable(current);
  }

  /** Chooses anew; says whether the choice is another one now. */
  boolean choose(Collection<Pair> pairs, Instant now) {
    penalties.values().removeIf(penalty -> penalty.isForgiven(now));
    Pair before = current;
    Optional<Pair> best =
        pairs.stream().filter(pair -> pair.isValid() && !isPenalised(pair, now)).min(BY_RANK);
    if (current == null || !current.isValid() || isPenalised(current, now)) {
      current = best.or(() -> pairs.stream().filter(Pair::isValid).min(BY_RANK)).orElse(null);
    } else if (best.isPresent() && isClearlyBetter(best.get(), current)) {
      current = best.get();
    }
    return before != current;
  }

  /** The way in use does not work any more, whatever it did before. */
  void lost(Instant now) {
    if (current != null) {
      Penalty before = penalties.get(current);
      Duration length = before == null ? FIRST_PENALTY : before.length().multipliedBy(2);
      penalties.put(
          current,
          new Penalty(now, length.compareTo(LONGEST_PENALTY) > 0 ? LONGEST_PENALTY : length));
    }
  }

  /** When there may be another choice though nothing happens. */
  Instant nextChoice(Instant now) {
    return penalties.values().stream()
        .map(Penalty::end)
        .filter(end -> end.isAfter(now))
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  private boolean isPenalised(Pair pair, Instant now) {
    Penalty penalty = penalties.get(pair);
    return penalty != null && penalty.end().isAfter(now);
  }

  private static boolean isClearlyBetter(Pair other, Pair current) {
    int byKind = PathRank.of(other).compareTo(PathRank.of(current));
    Duration needed = roundTrip(current).multipliedBy(3).dividedBy(4).minus(CLEARLY);
    return byKind < 0 || (byKind == 0 && roundTrip(other).compareTo(needed) < 0);
  }

  private static Duration roundTrip(Pair pair) {
    Duration known = pair.roundTrip();
    return known == null ? UNKNOWN : known;
  }
}
