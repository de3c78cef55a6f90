package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.NatPmp;
import io.culvert.wire.portmap.Pcp;
import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapMessage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** PCP (RFC 6887). */
final class PcpServer extends Server {
  /** RFC 6887 §8.1.1: the first pause is 3 s, give or take a tenth. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /** Room for one repetition; a router is a network away. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** RFC 6887 §15. */
  private static final Duration LONGEST_REFUSAL = Duration.ofMinutes(30);

  private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress ANY_IPV6 = InetAddress.ofLiteral("::");

  private final Gateway gateway;
  private final int port;
  private final RandomGenerator random;
  private final Pcp.Nonce nonce;
  private final Epoch epoch = new Epoch(Epoch.PCP);

  PcpServer(Gateway gateway, int port, RandomGenerator random) {
    super(Means.PCP);
    this.gateway = gateway;
    this.port = port;
    this.random = random;
    this.nonce = Pcp.Nonce.random(random);
  }

  @Override
  Action question() {
    return new Action.Send(new Pcp.AnnounceRequest(gateway.client()));
  }

  @Override
  Action request(PortProtocol protocol, Optional<InetSocketAddress> suggestion, Duration lifetime) {
    return map(
        protocol,
        suggestion.map(InetSocketAddress::getPort).orElse(port),
        suggestion.map(InetSocketAddress::getAddress).orElseGet(this::any),
        lifetime);
  }

  /** RFC 6887 §15.1: with nothing suggested. */
  @Override
  Action removal(PortProtocol protocol, Optional<InetSocketAddress> external) {
    return map(protocol, 0, any(), Duration.ZERO);
  }

  private Action map(
      PortProtocol protocol, int suggestedPort, InetAddress suggested, Duration lifetime) {
    return new Action.Send(
        new Pcp.MapRequest(
            lifetime.toSeconds(),
            gateway.client(),
            nonce,
            protocol,
            port,
            suggestedPort,
            suggested));
  }

  private InetAddress any() {
    return gateway.client() instanceof Inet4Address ? ANY_IPV4 : ANY_IPV6;
  }

  @Override
  List<Reply> read(Event event, Instant now) {
    return switch (event) {
      case Event.Heard(PortmapMessage message, _) -> read(message, now);
      case Event.Unreachable() -> absent("The router does not speak PCP.");
      default -> List.of();
    };
  }

  private List<Reply> read(PortmapMessage message, Instant now) {
    return switch (message) {
      case Pcp.AnnounceResponse(long seconds) -> answered(seconds, now, new Reply.Present());
      case Pcp.MapResponse answer -> isOurs(answer) ? mapped(answer, now) : List.of();
      case Pcp.Refused(_, int result, long lifetime, _) -> refused(result, lifetime);
      case Pcp.OtherVersion(_, int version) ->
          absent("The router speaks version %d of PCP, and we version 2.".formatted(version));
      // RFC 6887 §9: so says who has nothing but NAT-PMP.
      case NatPmp.Refused(_, int result) when result == NatPmp.UNSUPPORTED_VERSION ->
          absent("The router speaks NAT-PMP, and not PCP.");
      case Pcp.AnnounceRequest _, Pcp.MapRequest _, NatPmp _ -> List.of();
    };
  }

  private boolean isOurs(Pcp.MapResponse answer) {
    return answer.nonce().equals(nonce) && answer.internalPort() == port;
  }

  private List<Reply> mapped(Pcp.MapResponse answer, Instant now) {
    Duration lifetime = Duration.ofSeconds(answer.lifetime());
    if (answer.result() != Pcp.SUCCESS) {
      return List.of(refusal(Optional.of(answer.protocol()), answer.result(), lifetime));
    }
    return answered(
        answer.epoch(),
        now,
        lifetime.isZero()
            ? new Reply.Removed(answer.protocol())
            : new Reply.Granted(
                answer.protocol(),
                new InetSocketAddress(answer.external(), answer.externalPort()),
                lifetime));
  }

  private List<Reply> answered(long seconds, Instant now, Reply reply) {
    List<Reply> replies = new ArrayList<>();
    if (!epoch.remembers(seconds, now)) {
      replies.add(new Reply.Forgotten());
    }
    replies.add(reply);
    return replies;
  }

  private List<Reply> refused(int result, long lifetime) {
    return switch (result) {
      // To a request of NAT-PMP; and who does not know our question knows the protocol.
      case Pcp.UNSUPP_VERSION, Pcp.UNSUPP_OPCODE -> List.of(new Reply.Present());
      case Pcp.ADDRESS_MISMATCH ->
          absent("Between us and the router that speaks PCP there is another NAT.");
      default -> List.of(refusal(Optional.empty(), result, Duration.ofSeconds(lifetime)));
    };
  }

  private static Reply refusal(Optional<PortProtocol> protocol, int result, Duration lifetime) {
    return new Reply.Refused(
        protocol,
        switch (result) {
          case Pcp.NOT_AUTHORIZED -> "The router gives no ports to us by PCP.";
          case Pcp.NETWORK_FAILURE -> "The router itself is not on the internet, it says by PCP.";
          case Pcp.NO_RESOURCES, Pcp.USER_EX_QUOTA ->
              "The router has no port left, it says by PCP.";
          case Pcp.ADDRESS_MISMATCH ->
              "Between us and the router that speaks PCP there is another NAT.";
          default -> "The router refuses with the result %d of PCP.".formatted(result);
        },
        lifetime.compareTo(LONGEST_REFUSAL) < 0 ? lifetime : LONGEST_REFUSAL);
  }

  private static List<Reply> absent(String why) {
    return List.of(new Reply.Absent(why));
  }

  @Override
  Duration pause() {
    return PAUSE.plusMillis(random.nextLong(-300, 301));
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
