package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** A host that wants a port of its router, in virtual time; packets take 2 ms each way. */
final class Home {
  static final int PORT = 40_000;
  static final InetAddress GATEWAY = InetAddress.ofLiteral("192.168.1.1");
  static final InetAddress HOST = InetAddress.ofLiteral("192.168.1.2");
  static final InetSocketAddress SERVER =
      new InetSocketAddress(GATEWAY, PortmapMessage.SERVER_PORT);

  private static final Instant START = Instant.EPOCH;
  private static final Duration ROUND_TRIP = Duration.ofMillis(4);
  private static final Duration UPNP_TAKES = Duration.ofMillis(400);

  /** What the machine said, and when. */
  record Said(Duration at, Action action) {}

  private record Arrival(Instant at, Event event) {}

  final RouterOnPaper router;
  private final PriorityQueue<Arrival> underway =
      new PriorityQueue<>(Comparator.comparing(Arrival::at));
  private final List<Said> said = new ArrayList<>();
  private final PortMapping mapping;
  private Instant now = START;

  Home(RouterOnPaper router, PortProtocol... protocols) {
    this(router, new Gateway(GATEWAY, HOST), protocols);
  }

  Home(RouterOnPaper router, Gateway gateway, PortProtocol... protocols) {
    this.router = router;
    mapping = new PortMapping(gateway, PORT, Set.of(protocols), new Random(7), START);
    tell(new Event.DeadlineReached());
  }

  Home tell(Event event) {
    for (Action action : mapping.on(event, now)) {
      said.add(new Said(Duration.between(START, now), action));
      react(action);
    }
    return this;
  }

  Home hears(PortmapMessage message, InetSocketAddress from) {
    return tell(new Event.Heard(message, from));
  }

  Home isSeenAt(String... addresses) {
    return tell(
        new Event.Seen(
            Set.of(addresses).stream()
                .map(InetAddress::ofLiteral)
                .collect(java.util.stream.Collectors.toSet())));
  }

  /** Lets time pass until then. */
  Home until(Duration end) {
    Instant until = START.plus(end);
    while (true) {
      Instant deadline = mapping.nextDeadline().orElse(Instant.MAX);
      Instant arrival = underway.isEmpty() ? Instant.MAX : underway.peek().at();
      Instant next = arrival.isBefore(deadline) ? arrival : deadline;
      if (next.isAfter(until)) {
        now = until;
        return this;
      }
      now = next.isAfter(now) ? next : now;
      tell(arrival.isAfter(deadline) ? new Event.DeadlineReached() : underway.remove().event());
    }
  }

  Home untilMillis(long millis) {
    return until(Duration.ofMillis(millis));
  }

  List<Finding> findings() {
    return mapping.findings();
  }

  Finding finding(Means means) {
    return mapping.findings().stream()
        .filter(finding -> finding.means() == means)
        .findAny()
        .orElseThrow();
  }

  boolean sleeps() {
    return mapping.nextDeadline().isEmpty();
  }

  List<Said> said() {
    return said;
  }

  /** What peers are told, and the end. */
  List<Action> outcomes() {
    return said.stream()
        .map(Said::action)
        .filter(action ->
            action instanceof Action.Opened
                || action instanceof Action.Closed
                || action instanceof Action.Ended)
        .toList();
  }

  /** What was sent of that kind, and when. */
  <T extends PortmapMessage> List<Duration> times(Class<T> kind) {
    return said.stream()
        .filter(s -> s.action() instanceof Action.Send(var message) && kind.isInstance(message))
        .map(Said::at)
        .toList();
  }

  <T extends PortmapMessage> List<T> sent(Class<T> kind) {
    return said.stream()
        .filter(s -> s.action() instanceof Action.Send(var message) && kind.isInstance(message))
        .map(s -> kind.cast(((Action.Send) s.action()).message()))
        .toList();
  }

  <T extends Action> List<Duration> timesOf(Class<T> kind) {
    return said.stream().filter(s -> kind.isInstance(s.action())).map(Said::at).toList();
  }

  private void react(Action action) {
    switch (action) {
      case Action.Send(PortmapMessage message) ->
          router
              .answer(message, Duration.between(START, now).toSeconds())
              .forEach(answer -> arrives(ROUND_TRIP, new Event.Heard(answer, SERVER)));
      case Action.FindUpnp() ->
          arrives(
              UPNP_TAKES,
              router.hasUpnp ? new Event.UpnpFound() : new Event.UpnpMissing("No UPnP."));
      case Action.MapByUpnp(var protocol, _, _) ->
          arrives(
              UPNP_TAKES,
              router.refused.contains(protocol)
                  ? new Event.UpnpRefused(protocol, "UPnP refuses.")
                  : new Event.UpnpMapped(
                      protocol,
                      new InetSocketAddress(router.external, router.portFor(protocol)),
                      Duration.ofSeconds(router.lifetime)));
      case Action.UnmapByUpnp(var protocol, _) ->
          arrives(UPNP_TAKES, new Event.UpnpUnmapped(protocol));
      case Action.Opened _, Action.Closed _, Action.Rebooted _, Action.Ended _ -> {}
    }
  }

  private void arrives(Duration later, Event event) {
    underway.add(new Arrival(now.plus(later), event));
  }
}
