package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.NatPmp;
import io.culvert.wire.portmap.Pcp;
import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapMessage;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** NAT-PMP (RFC 6886). */
final class NatPmpServer extends Server {
  /** RFC 6886 §3.1. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** The RFC goes on for two minutes; five of its nine packets fit in here. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration REFUSAL = Duration.ofMinutes(30);

  private final int port;
  private final Epoch epoch = new Epoch(Epoch.NAT_PMP);
  private @Nullable Inet4Address external;

  NatPmpServer(int port) {
    super(Means.NAT_PMP);
    this.port = port;
  }

  @Override
  Optional<Action> addressQuestion() {
    return Optional.of(question());
  }

  @Override
  Action question() {
    return new Action.Send(new NatPmp.AddressRequest());
  }

  @Override
  Action request(PortProtocol protocol, Optional<InetSocketAddress> suggestion, Duration lifetime) {
    int suggested = suggestion.map(InetSocketAddress::getPort).orElse(port);
    return new Action.Send(new NatPmp.MapRequest(protocol, port, suggested, lifetime.toSeconds()));
  }

  /** RFC 6886 §3.4: with nothing suggested. */
  @Override
  Action removal(PortProtocol protocol, Optional<InetSocketAddress> external) {
    return new Action.Send(new NatPmp.MapRequest(protocol, port, 0, 0));
  }

  @Override
  List<Reply> read(Event event, Instant now) {
    return switch (event) {
      case Event.Heard(PortmapMessage message, _) -> read(message, now);
      case Event.Unreachable() -> absent();
      default -> List.of();
    };
  }

  private List<Reply> read(PortmapMessage message, Instant now) {
    return switch (message) {
      case NatPmp.AddressResponse(long seconds, Inet4Address address) ->
          found(address, seconds, now);
      case NatPmp.MapResponse answer ->
          answer.internalPort() == port ? mapped(answer, now) : List.of();
      case NatPmp.Refused(int opcode, int result) -> refused(opcode, result);
      // RFC 6887 §9: so says who has nothing but PCP.
      case Pcp.Refused(_, int result, _, _) when result == Pcp.UNSUPP_VERSION -> absent();
      case NatPmp.AddressRequest _, NatPmp.MapRequest _, Pcp _ -> List.of();
    };
  }

  private List<Reply> found(Inet4Address address, long seconds, Instant now) {
    boolean moved = external != null && !external.equals(address);
    external = address;
    return answered(seconds, now, moved ? new Reply.Moved(address) : new Reply.Present());
  }

  private List<Reply> mapped(NatPmp.MapResponse answer, Instant now) {
    if (answer.lifetime() == 0) {
      return answered(answer.epoch(), now, new Reply.Removed(answer.protocol()));
    }
    if (external == null) {
      return List.of(); // to a request that we have not made
    }
    return answered(
        answer.epoch(),
        now,
        new Reply.Granted(
            answer.protocol(),
            new InetSocketAddress(external, answer.externalPort()),
            Duration.ofSeconds(answer.lifetime())));
  }

  private List<Reply> answered(long seconds, Instant now, Reply reply) {
    List<Reply> replies = new ArrayList<>();
    if (!epoch.remembers(seconds, now)) {
      replies.add(new Reply.Forgotten());
    }
    replies.add(reply);
    return replies;
  }

  private static List<Reply> refused(int opcode, int result) {
    if (result == NatPmp.UNSUPPORTED_VERSION) {
      return List.of(new Reply.Present()); // to a request of PCP
    }
    return List.of(
        new Reply.Refused(
            protocol(opcode),
            switch (result) {
              case NatPmp.NOT_AUTHORIZED -> "The router gives no ports to us by NAT-PMP.";
              case NatPmp.NETWORK_FAILURE ->
                  "The router itself is not on the internet, it says by NAT-PMP.";
              case NatPmp.OUT_OF_RESOURCES -> "The router has no port left, it says by NAT-PMP.";
              default -> "The router refuses with the result %d of NAT-PMP.".formatted(result);
            },
            REFUSAL));
  }

  private static Optional<PortProtocol> protocol(int opcode) {
    for (PortProtocol protocol : PortProtocol.values()) {
      if (protocol.natPmpOpcode() == opcode) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }

  private static List<Reply> absent() {
    return List.of(new Reply.Absent("The router does not speak NAT-PMP."));
  }

  @Override
  Duration pause() {
    return PAUSE;
  }

  @Override
  Duration patience() {
    return PATIENCE;
  }

  @Override
  Duration removalPause() {
    return REMOVAL_PAUSE;
  }
}
