package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.PortProtocol;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One way of asking the router: its language, and what is known of it. */
abstract sealed class Server permits PcpServer, NatPmpServer, UpnpServer {
  /** A router is a network away. */
  static final Duration REMOVAL_PAUSE = Duration.ofMillis(250);

  enum Stage {
    ASKED,
    PRESENT,
    ABSENT,
    REFUSED
  }

  private final Means means;
  private Stage stage = Stage.ASKED;
  private String why = "";
  private Instant presentSince = Instant.MAX;
  private @Nullable Retransmission asking;

  Server(Means means) {
    this.means = means;
  }

  /** Asks whether it can be asked in this way. */
  abstract Action question();

  /**
   * Asks for a port, or to keep it.
   *
   * @param suggestion the outer one that would be best
   */
  abstract Action request(
      PortProtocol protocol, Optional<InetSocketAddress> suggestion, Duration lifetime);

  /** Asks for the router's address, where that is not part of what is granted. */
  Optional<Action> addressQuestion() {
    return Optional.empty();
  }

  /** Gives a port back. */
  abstract Action removal(PortProtocol protocol, Optional<InetSocketAddress> external);

  /** What this means; nothing when it has nothing to do with this way of asking. */
  abstract List<Reply> read(Event event, Instant now);

  /** How long to wait for an answer before a request is sent again. */
  abstract Duration pause();

  /** How long to wait for an answer at all. */
  abstract Duration patience();

  /** How long to wait before saying again that we leave. */
  abstract Duration removalPause();

  final Means means() {
    return means;
  }

  final Stage stage() {
    return stage;
  }

  final String why() {
    return why;
  }

  /** When it has answered. */
  final Instant presentSince() {
    return presentSince;
  }

  /** Is asked from now on. */
  final void ask(Instant now) {
    stage = Stage.ASKED;
    presentSince = Instant.MAX;
    asking = new Retransmission(pause(), patience(), now);
  }

  final void isPresent(Instant now) {
    if (stage != Stage.PRESENT) {
      stage = Stage.PRESENT;
      presentSince = now;
      asking = null;
    }
  }

  final void isAbsent(String sentence) {
    fails(Stage.ABSENT, sentence);
  }

  final void refuses(String sentence) {
    fails(Stage.REFUSED, sentence);
  }

  private void fails(Stage how, String sentence) {
    stage = how;
    why = sentence;
    asking = null;
  }

  /** The question, when it is due. */
  final Optional<Action> pass(Instant now) {
    if (asking == null) {
      return Optional.empty();
    }
    if (asking.isOver(now)) {
      isAbsent("The router does not answer to %s.".formatted(means));
      return Optional.empty();
    }
    return asking.isDue(now) ? Optional.of(question()) : Optional.empty();
  }

  final Instant nextDeadline() {
    return asking == null ? Instant.MAX : asking.nextDeadline();
  }
}
