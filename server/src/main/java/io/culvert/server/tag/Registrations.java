package io.culvert.server.tag;

import io.culvert.server.net.Counters;
import io.culvert.server.net.Party;
import io.culvert.server.net.Tally;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * Who is known by which tag. A registration is a newcomer until its client has named its tag, which
 * it can only know from the answer: anybody could have sent the register request in its name. There
 * are few newcomers, and the oldest gives way to the next; who has proved itself stays. Not
 * thread-safe, except for {@link #size}.
 */
final class Registrations {
  /** Who has not been heard of for so long is offline. */
  static final Duration LIFETIME = Duration.ofSeconds(60);

  static final int MAX_NEWCOMERS = 16_384;
  static final int MAX_PROVED = 200_000 - MAX_NEWCOMERS;

  /** Behind a carrier's NAT that many clients may share an address. */
  static final int MAX_PROVED_PER_PARTY = 16_384;

  private static final int MAX_PROOFS = 16_384;

  private final Tags tags;
  private final Counters<TagCounter> counters;
  private final Map<InetSocketAddress, Registration> byAddress = new HashMap<>();
  private final Map<String, Registration> byTag = new HashMap<>();

  /** Those that have not been proved yet, the one heard last at the end. */
  private final SequencedSet<Registration> newcomers = new LinkedHashSet<>();

  /** The one heard last at the end. */
  private final SequencedSet<Registration> proved = new LinkedHashSet<>();

  private final Tally<Party> provedPerParty = new Tally<>(MAX_PROVED_PER_PARTY);

  /** Addresses that have named their tag when they were no longer registered. */
  private final SequencedMap<InetSocketAddress, Instant> proofs = new LinkedHashMap<>();

  private volatile int size;

  Registrations(Tags tags, Counters<TagCounter> counters) {
    this.tags = tags;
    this.counters = counters;
  }

  /** Makes or renews the registration of an address; nothing when there is no room for it. */
  Optional<Registration> register(Route from, Optional<InetSocketAddress> lan, Instant now) {
    Registration known = byAddress.get(from.remote());
    if (known != null) {
      known.renew(lan, now);
      if (!known.isProved()) {
        known.hear(from, now);
      }
      moveToEnd(known);
      return Optional.of(known);
    }
    if (!hasRoomForProved(from)) {
      return Optional.empty();
    }
    Optional<Registration> registration =
        tags.choose(from.remote(), tag -> !byTag.containsKey(tag))
            .map(tag -> new Registration(tag, from, lan, now));
    registration.ifPresent(this::add);
    return registration;
  }

  /**
   * The registration of the address it came from, when that has this tag. To name it is a proof;
   * one from a client that is no longer registered is remembered until it registers again.
   */
  Optional<Registration> prove(Route from, String tag, Instant now) {
    Registration known = byAddress.get(from.remote());
    if (known != null && known.tag().equals(tag)) {
      known.hear(from, now);
      moveToEnd(known);
      vouch(known);
      return Optional.of(known);
    }
    if (known == null && tags.belongsTo(from.remote(), tag)) {
      if (proofs.size() >= MAX_PROOFS) {
        proofs.pollFirstEntry();
      }
      proofs.putLast(from.remote(), now);
    }
    return Optional.empty();
  }

  /** Takes the client for proved, when there is room for one more of those. */
  void vouch(Registration registration) {
    if (!registration.isProved()
        && isKnown(registration)
        && hasRoomForProved(registration.route())) {
      newcomers.remove(registration);
      registration.prove();
      proved.addLast(registration);
      provedPerParty.add(Party.of(registration.route().ip()));
    }
  }

  Optional<Registration> find(String tag) {
    return Optional.ofNullable(byTag.get(tag));
  }

  /**
   * All others, who was heard last first. Newcomers, in whose name anybody may have registered,
   * come behind those that have proved themselves.
   */
  Stream<Registration> others(Registration viewer) {
    return Stream.concat(proved.reversed().stream(), newcomers.reversed().stream())
        .filter(registration -> registration != viewer);
  }

  /** Forgets who has not been heard of. */
  void expire(Instant now) {
    expire(newcomers, now);
    expire(proved, now);
    while (!proofs.isEmpty() && isOver(proofs.firstEntry().getValue(), now)) {
      proofs.pollFirstEntry();
    }
  }

  /** When {@link #expire} has something to do next. */
  Optional<Instant> nextDeadline() {
    return Stream.of(newcomers, proved)
        .filter(set -> !set.isEmpty())
        .map(set -> set.getFirst().heard().plus(LIFETIME))
        .min(Instant::compareTo);
  }

  /** How many are known. Thread-safe. */
  int size() {
    return size;
  }

  private void add(Registration registration) {
    boolean vouchedFor = proofs.remove(registration.route().remote()) != null;
    if (!vouchedFor && newcomers.size() >= MAX_NEWCOMERS) {
      counters.count(TagCounter.EVICTED);
      remove(newcomers.getFirst());
    }
    byAddress.put(registration.route().remote(), registration);
    byTag.put(registration.tag(), registration);
    newcomers.addLast(registration);
    size = byTag.size();
    counters.count(TagCounter.JOINED);
    if (vouchedFor) {
      vouch(registration);
    }
  }

  private void remove(Registration registration) {
    byAddress.remove(registration.route().remote());
    byTag.remove(registration.tag());
    newcomers.remove(registration);
    if (proved.remove(registration)) {
      provedPerParty.remove(Party.of(registration.route().ip()));
    }
    size = byTag.size();
  }

  private void moveToEnd(Registration registration) {
    if (registration.isProved()) {
      proved.addLast(registration);
    } else {
      newcomers.addLast(registration);
    }
  }

  private void expire(SequencedSet<Registration> set, Instant now) {
    while (!set.isEmpty() && isOver(set.getFirst().heard(), now)) {
      counters.count(TagCounter.EXPIRED);
      remove(set.getFirst());
    }
  }

  private boolean isKnown(Registration registration) {
    return byTag.get(registration.tag()) == registration;
  }

  private boolean hasRoomForProved(Route route) {
    return proved.size() < MAX_PROVED && provedPerParty.hasRoom(Party.of(route.ip()));
  }

  private static boolean isOver(Instant heard, Instant now) {
    return !now.isBefore(heard.plus(LIFETIME));
  }
}
