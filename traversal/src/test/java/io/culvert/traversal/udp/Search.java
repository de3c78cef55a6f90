package io.culvert.traversal.udp;

import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.udp.PathProbing.Action;
import io.culvert.traversal.udp.PathProbing.Event;
import io.culvert.traversal.udp.PathProbing.Pace;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** A search in virtual time, in a network where each address answers after its own round trip. */
final class Search {
  /** What the machine said, and when. */
  record Said(Duration at, Action action) {}

  private record Arrival(Instant at, Route from) {}

  private static final Instant START = Instant.EPOCH;

  private final Map<Route, Duration> roundTrips = new HashMap<>();
  private final PriorityQueue<Arrival> underway =
      new PriorityQueue<>((one, other) -> one.at().compareTo(other.at()));
  private final List<Said> said = new ArrayList<>();
  private final PathProbing probing;
  private Instant now = START;

  Search(PeerAddresses peer, Pace pace) {
    probing = new PathProbing(peer, pace, START);
    tell(new Event.DeadlineReached());
  }

  /** From now on that address answers. */
  Search answers(InetSocketAddress address, int roundTripMillis) {
    return answers(Route.direct(address), roundTripMillis);
  }

  /** From now on probes that go that way are answered. */
  Search answers(Route route, int roundTripMillis) {
    roundTrips.put(route, Duration.ofMillis(roundTripMillis));
    return this;
  }

  Search fallsSilent(InetSocketAddress address) {
    roundTrips.remove(Route.direct(address));
    underway.removeIf(arrival -> arrival.from().equals(Route.direct(address)));
    return this;
  }

  Search hears(InetSocketAddress from) {
    return hears(Route.direct(from));
  }

  Search hears(Route from) {
    tell(new Event.Heard(from));
    return this;
  }

  Search hasARelay() {
    tell(new Event.RelayOpened());
    return this;
  }

  /** Lets time pass. */
  Search runUntil(Duration end) {
    Instant until = START.plus(end);
    while (true) {
      Instant deadline = probing.nextDeadline().orElse(Instant.MAX);
      Instant arrival = underway.isEmpty() ? Instant.MAX : underway.peek().at();
      Instant next = arrival.isBefore(deadline) ? arrival : deadline;
      if (next.isAfter(until)) {
        now = until;
        return this;
      }
      if (next.isAfter(now)) {
        now = next;
      }
      Event event =
          arrival.isAfter(deadline) || arrival.equals(Instant.MAX)
              ? new Event.DeadlineReached()
              : new Event.Answered(underway.remove().from());
      tell(event);
    }
  }

  /** All but the probes. */
  List<Said> outcomes() {
    return said.stream().filter(s -> !(s.action() instanceof Action.Probe)).toList();
  }

  /** When that address was probed. */
  List<Duration> probesTo(InetSocketAddress address) {
    return probesTo(Route.direct(address));
  }

  List<Duration> probesTo(Route route) {
    return said.stream()
        .filter(s -> s.action().equals(new Action.Probe(route)))
        .map(Said::at)
        .toList();
  }

  private void tell(Event event) {
    for (Action action : probing.on(event, now)) {
      said.add(new Said(Duration.between(START, now), action));
      if (action instanceof Action.Probe(Route to) && roundTrips.containsKey(to)) {
        underway.add(new Arrival(now.plus(roundTrips.get(to)), to));
      }
    }
  }
}
