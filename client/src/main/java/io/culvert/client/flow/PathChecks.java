package io.culvert.client.flow;

import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.udp.PathProbing;
import io.culvert.traversal.udp.PathProbing.Event;
import io.culvert.traversal.udp.PathProbing.Pace;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The search for a way for datagrams, as flow has it: checks are STUN Bindings whose USERNAME is
 * the receiver's and the sender's session id. Not thread-safe; owns no socket and no clock.
 */
final class PathChecks {
  static final Pace PACE =
      new Pace(
          Duration.ofMillis(100),
          Duration.ofSeconds(12),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30));

  /** Checks in flight that are remembered: those of a minute and more, to all addresses. */
  static final int MAX_CHECKS = 2048;

  /** A peer's NAT may show several addresses; who guesses the session ids may show any number. */
  static final int MAX_PEER_ADDRESSES = 16;

  /** What to do now. */
  sealed interface Action {
    record Send(StunMessage message, Route to) implements Action {}

    /** From now on this is the path for what is sent. */
    record Selected(Path path, Route to) implements Action {}

    /** Nothing has answered in time. */
    record Failed(int checks) implements Action {}

    /** The path that was selected does not answer any more, nor does any other. */
    record Lost() implements Action {}
  }

  private final Username ours;
  private final Username theirs;
  private final RandomGenerator random;
  private final Map<TransactionId, Route> checks = new LinkedHashMap<>();
  private final Set<Route> peerRoutes = new LinkedHashSet<>();
  private final List<Action> actions = new ArrayList<>();
  private @Nullable PathProbing probing;

  /**
   * Checks of this call; the peer's are answered at once.
   *
   * @param random fit for secrets
   */
  PathChecks(Party me, Party peer, RandomGenerator random) {
    this.ours = new Username(me.sessionId() + ":" + peer.sessionId());
    this.theirs = new Username(peer.sessionId() + ":" + me.sessionId());
    this.random = random;
  }

  /** The peer's addresses are known, and it is ready. */
  List<Action> begin(PeerAddresses peer, Instant now) {
    actions.clear();
    probing = new PathProbing(peer, PACE, now);
    tell(new Event.DeadlineReached(), now);
    List.copyOf(peerRoutes).forEach(from -> tell(new Event.Heard(from), now));
    return List.copyOf(actions);
  }

  /** We have a relay, and it may send to the peer. */
  List<Action> relayOpened(Instant now) {
    actions.clear();
    tell(new Event.RelayOpened(), now);
    return List.copyOf(actions);
  }

  /** Something of STUN has come. */
  List<Action> heard(StunMessage message, Route from, Instant now) {
    actions.clear();
    if (message.method() == StunMessage.BINDING) {
      switch (message.messageClass()) {
        case REQUEST -> asked(message, from, now);
        case SUCCESS -> answered(message, from, now);
        case ERROR, INDICATION -> {} // says nothing about the path
      }
    }
    return List.copyOf(actions);
  }

  List<Action> deadlineReached(Instant now) {
    actions.clear();
    tell(new Event.DeadlineReached(), now);
    return List.copyOf(actions);
  }

  /** When to call {@link #deadlineReached} unless something happens before. */
  Optional<Instant> nextDeadline() {
    return probing == null ? Optional.empty() : probing.nextDeadline();
  }

  /** Whether what comes from there is the peer's, as far as this protocol lets us know. */
  boolean isPeer(Route from) {
    return peerRoutes.contains(from);
  }

  /** A request for somebody else gets no answer: it is not from our peer, whoever sent it. */
  private void asked(StunMessage request, Route from, Instant now) {
    if (request.first(Username.class).filter(ours::equals).isEmpty()) {
      return;
    }
    List<Integer> unknown = notUnderstood(request);
    if (!unknown.isEmpty()) {
      send(
          request.answer(
              StunClass.ERROR,
              new ErrorCode(ErrorCode.UNKNOWN_ATTRIBUTE, "Unknown Attribute"),
              new UnknownAttributes(unknown),
              new Fingerprint()),
          from);
      return;
    }
    send(
        request.answer(StunClass.SUCCESS, new XorMappedAddress(from.to()), new Fingerprint()),
        from);
    if (peerRoutes.size() < MAX_PEER_ADDRESSES) {
      peerRoutes.add(from);
    }
    tell(new Event.Heard(from), now);
  }

  /** RFC 8489 §6.3.1. */
  private static List<Integer> notUnderstood(StunMessage request) {
    return request.attributes().stream()
        .filter(
            attribute -> attribute instanceof Unknown unknown && unknown.comprehensionRequired())
        .map(StunAttribute::type)
        .distinct()
        .toList();
  }

  private void answered(StunMessage answer, Route from, Instant now) {
    if (checks.remove(answer.transactionId(), from)) {
      peerRoutes.add(from);
      tell(new Event.Answered(from), now);
    }
  }

  private void tell(Event event, Instant now) {
    if (probing != null) {
      probing.on(event, now).forEach(this::take);
    }
  }

  private void take(PathProbing.Action action) {
    switch (action) {
      case PathProbing.Action.Probe(Route to) -> check(to);
      case PathProbing.Action.Selected(Path path, Route to) ->
          actions.add(new Action.Selected(path, to));
      case PathProbing.Action.Failed(int probes) -> actions.add(new Action.Failed(probes));
      case PathProbing.Action.Lost() -> actions.add(new Action.Lost());
    }
  }

  private void check(Route to) {
    TransactionId transaction = TransactionId.random(random);
    checks.put(transaction, to);
    if (checks.size() > MAX_CHECKS) {
      checks.remove(checks.keySet().iterator().next());
    }
    send(StunMessage.bindingRequest(transaction, theirs, new Fingerprint()), to);
  }

  private void send(StunMessage message, Route to) {
    actions.add(new Action.Send(message, to));
  }
}
