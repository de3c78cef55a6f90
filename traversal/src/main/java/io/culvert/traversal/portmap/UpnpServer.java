package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.PortProtocol;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** UPnP IGD, whose messages and repetitions are somebody else's business. */
final class UpnpServer extends Server {
  /** Whoever is told to ask always says what has come of it, and sooner than that. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration REFUSAL = Duration.ofMinutes(30);

  private final int port;

  UpnpServer(int port) {
    super(Means.UPNP);
    this.port = port;
  }

  @Override
  Action question() {
    return new Action.FindUpnp();
  }

  @Override
  Action request(PortProtocol protocol, Optional<InetSocketAddress> suggestion, Duration lifetime) {
    int suggested = suggestion.map(InetSocketAddress::getPort).orElse(port);
    return new Action.MapByUpnp(protocol, suggested, lifetime);
  }

  @Override
  Action removal(PortProtocol protocol, Optional<InetSocketAddress> external) {
    return new Action.UnmapByUpnp(protocol, external.map(InetSocketAddress::getPort).orElse(port));
  }

  @Override
  List<Reply> read(Event event, Instant now) {
    return switch (event) {
      case Event.UpnpFound() -> List.of(new Reply.Present());
      case Event.UpnpMissing(String why) -> List.of(new Reply.Absent(why));
      case Event.UpnpMapped(var protocol, var external, var lifetime) ->
          List.of(new Reply.Granted(protocol, external, lifetime));
      case Event.UpnpRefused(var protocol, var why) ->
          List.of(new Reply.Refused(Optional.of(protocol), why, REFUSAL));
      case Event.UpnpUnmapped(var protocol) -> List.of(new Reply.Removed(protocol));
      default -> List.of();
    };
  }

  @Override
  Duration pause() {
    return PATIENCE;
  }

  @Override
  Duration patience() {
    return PATIENCE;
  }

  @Override
  Duration removalPause() {
    return PATIENCE;
  }
}
