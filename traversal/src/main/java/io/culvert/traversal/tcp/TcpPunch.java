package io.culvert.traversal.tcp;

import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.Dialing.Step;
import io.culvert.traversal.tcp.PunchFailure.Evidence;
import io.culvert.traversal.tcp.PunchFailure.Reason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One TCP hole punch in progress: tell it what happened, do what it answers.
 *
 * <p>Both peers dial each other's local and public address from one port, on which they also
 * accept. Links come up in any number and order; the inviter nominates one by sending its name on
 * it, the callee answers with its own on that link, and all others are closed. Private addresses
 * repeat, so whoever names itself differently from the expected peer is a stranger.
 *
 * <p>Not thread-safe; owns no socket and no clock. {@link Action.Succeeded} or {@link
 * Action.Failed} is always the last action; events after it are ignored.
 */
public final class TcpPunch {
  /**
   * A NAT that keeps a changed port for every destination lets the first round trip through, and
   * one that does not is never passed: there is no point in the full number of rounds.
   */
  static final int ROUNDS_AGAINST_CHANGED_PORT = 2;

  /** How long a public link waits for a local one, which takes a round trip within one network. */
  static final Duration LOCAL_PREFERENCE = Duration.ofMillis(50);

  /** How long the peer may take to answer on a link, or to nominate one that is up. */
  static final Duration ANSWER = Duration.ofSeconds(3);

  /**
   * The same on a local link while a public one is up as well: strangers on a private address often
   * say nothing, and the peer itself would answer within a round trip of its network.
   */
  static final Duration LOCAL_ANSWER = Duration.ofSeconds(1);

  /** Which part in the punch is ours. */
  public enum Role {
    /** Asked for the punch, and nominates. */
    INVITER,
    /** Agreed to it, and lets the inviter nominate. */
    CALLEE
  }

  /** What happened. Whoever drives the punch numbers the links, each number once. */
  public sealed interface Event {
    /** The dial on this path became the link. */
    record Dialed(Path path, int link) implements Event {}

    /** The dial on this path failed. */
    record DialFailed(Path path, DialError error) implements Event {}

    /** Somebody connected to our port. */
    record Accepted(int link, InetSocketAddress remote) implements Event {}

    /** The other end of the link says who it is. */
    record AckReceived(int link, String clientId) implements Event {}

    /** The link is gone, or broke the protocol. */
    record LinkLost(int link) implements Event {}

    /** {@link #nextDeadline} has come. */
    record DeadlineReached() implements Event {}
  }

  /** What to do now. */
  public sealed interface Action {
    /** Connect from the punch port; to be answered by Dialed or DialFailed. */
    record Dial(Path path, InetSocketAddress to) implements Action {}

    /** Close the dial in flight on this path; to be answered by nothing. */
    record AbandonDial(Path path) implements Action {}

    /** Say on this link who we are. */
    record SendAck(int link) implements Action {}

    /** Close this link; to be answered by nothing. */
    record CloseLink(int link) implements Action {}

    /** This link leads to the peer; all others are closed. */
    record Succeeded(int link, Path path) implements Action {}

    /** There is no way through; everything is closed. */
    record Failed(PunchFailure failure) implements Action {}
  }

  /**
   * A connection that is up.
   *
   * @param identified whether the peer has said its name on it before it was nominated
   */
  private record OpenLink(int number, Path path, Instant since, boolean identified) {}

  private record Nomination(int link, Path path, Instant since) {}

  private final Role role;
  private final String peer;
  private final PeerAddresses addresses;
  private final Instant start;
  private final Instant end;
  private final Map<Path, Dialing> dialings = new EnumMap<>(Path.class);
  private final Map<Integer, OpenLink> links = new LinkedHashMap<>();
  private final List<Action> actions = new ArrayList<>();
  private @Nullable Nomination nomination;
  private int linksSeen;
  private int strangers;
  private boolean done;

  /**
   * A punch that starts now: tell it at once that its deadline has been reached.
   *
   * @param peer the name that the other end must show
   * @param addresses those of the peer's punch port
   * @param rounds how many rounds of 3 s to try at most
   */
  public TcpPunch(Role role, String peer, PeerAddresses addresses, int rounds, Instant now) {
    this.role = role;
    this.peer = peer;
    this.addresses = addresses;
    this.start = now;
    int sensible = addresses.samePort() ? rounds : Math.min(rounds, ROUNDS_AGAINST_CHANGED_PORT);
    this.end = now.plus(Dialing.ROUND.multipliedBy(sensible));
    addresses
        .targets()
        .forEach((path, to) -> dialings.put(path, new Dialing(to, role == Role.INVITER, now)));
  }

  /** Takes in what happened and answers what to do, in order. */
  public List<Action> on(Event event, Instant now) {
    actions.clear();
    if (!done) {
      take(event, now);
    }
    if (!done) {
      switch (role) {
        case INVITER -> {
          checkAnswer(now);
          nominate(now);
        }
        case CALLEE -> hangUpOnTheSilent(now);
      }
    }
    if (!done) {
      dial(now);
      giveUpWhenOver(now);
    }
    return List.copyOf(actions);
  }

  /**
   * When to send {@link Event.DeadlineReached} unless something happens before; empty at the end.
   */
  public Optional<Instant> nextDeadline() {
    if (done) {
      return Optional.empty();
    }
    Instant next = earlier(giveUpAt(), linksDue());
    for (Dialing dialing : dialings.values()) {
      next =
          earlier(
              next, dialing.due().equals(Instant.MAX) ? Instant.MAX : earlier(dialing.due(), end));
    }
    return Optional.of(next);
  }

  private Instant linksDue() {
    return switch (role) {
      case INVITER ->
          nomination != null
              ? answerDue(nomination)
              : bestLink().map(this::nominationDue).orElse(Instant.MAX);
      case CALLEE ->
          links.values().stream()
              .map(TcpPunch::silenceEnds)
              .min(Comparator.naturalOrder())
              .orElse(Instant.MAX);
    };
  }

  private void take(Event event, Instant now) {
    switch (event) {
      case Event.Dialed(Path path, int link) -> {
        dialing(path).ifPresent(Dialing::connected);
        addLink(link, path, now);
      }
      case Event.DialFailed(Path path, DialError error) ->
          dialing(path).ifPresent(dialing -> dialing.failed(error, now));
      case Event.Accepted(int link, InetSocketAddress remote) -> {
        Path path = addresses.pathFrom(remote);
        dialing(path).ifPresent(Dialing::pause);
        addLink(link, path, now);
      }
      case Event.AckReceived(int link, String clientId) -> {
        OpenLink open = links.get(link);
        if (open != null) {
          takeAck(open, clientId, now);
        }
      }
      case Event.LinkLost(int link) -> {
        OpenLink open = links.get(link);
        if (open != null) {
          drop(open, now);
        }
      }
      case Event.DeadlineReached() -> {}
    }
  }

  private void addLink(int number, Path path, Instant now) {
    linksSeen++;
    links.put(number, new OpenLink(number, path, now, false));
  }

  private void takeAck(OpenLink link, String clientId, Instant now) {
    if (!clientId.equals(peer)) {
      strangers++;
      actions.add(new Action.CloseLink(link.number()));
      drop(link, now);
      return;
    }
    switch (role) {
      case CALLEE -> {
        actions.add(new Action.SendAck(link.number()));
        succeed(link);
      }
      case INVITER -> {
        if (nomination != null && nomination.link() == link.number()) {
          succeed(link);
        } else {
          links.put(link.number(), new OpenLink(link.number(), link.path(), link.since(), true));
        }
      }
    }
  }

  private void drop(OpenLink link, Instant now) {
    links.remove(link.number());
    if (nomination != null && nomination.link() == link.number()) {
      nomination = null;
    }
    // Whoever answers on a private address and is not the peer is left alone from then on, unless
    // that is the only address there is.
    boolean dialAgain = link.path() == Path.PUBLIC || dialings.size() == 1;
    if (dialAgain && noLinkOn(link.path())) {
      dialing(link.path()).ifPresent(dialing -> dialing.resume(now));
    }
  }

  private void checkAnswer(Instant now) {
    if (nomination == null || answerDue(nomination).isAfter(now)) {
      return;
    }
    if (nomination.path() == Path.LOCAL) {
      strangers++;
    }
    OpenLink silent = links.get(nomination.link());
    actions.add(new Action.CloseLink(nomination.link()));
    if (silent != null) {
      drop(silent, now);
    }
  }

  /**
   * The inviter nominates soon after a link is up, unless it is up on our side alone: the inviter
   * may have given up its dial, and no other passes our NAT as long as the link stays.
   */
  private void hangUpOnTheSilent(Instant now) {
    for (OpenLink link : List.copyOf(links.values())) {
      if (!silenceEnds(link).isAfter(now)) {
        actions.add(new Action.CloseLink(link.number()));
        drop(link, now);
      }
    }
  }

  private static Instant silenceEnds(OpenLink link) {
    boolean natInTheWay = link.path() != Path.LOCAL;
    return natInTheWay ? link.since().plus(ANSWER) : Instant.MAX;
  }

  private Instant answerDue(Nomination nomination) {
    boolean alternative = nomination.path() == Path.LOCAL && !noLinkOn(Path.PUBLIC);
    return nomination.since().plus(alternative ? LOCAL_ANSWER : ANSWER);
  }

  private void nominate(Instant now) {
    if (nomination != null) {
      return;
    }
    Optional<OpenLink> best = bestLink();
    if (best.isEmpty() || nominationDue(best.get()).isAfter(now)) {
      return;
    }
    OpenLink link = best.get();
    actions.add(new Action.SendAck(link.number()));
    if (link.identified()) {
      succeed(link);
      return;
    }
    nomination = new Nomination(link.number(), link.path(), now);
  }

  private Optional<OpenLink> bestLink() {
    return links.values().stream()
        .min(Comparator.comparing(OpenLink::path).thenComparing(OpenLink::since));
  }

  private Instant nominationDue(OpenLink link) {
    boolean localMayFollow =
        link.path() == Path.PUBLIC && dialing(Path.LOCAL).filter(Dialing::promising).isPresent();
    return localMayFollow ? link.since().plus(LOCAL_PREFERENCE) : link.since();
  }

  private void dial(Instant now) {
    dialings.forEach((path, dialing) -> {
      if (!end.isAfter(now)) {
        stop(path, dialing);
        return;
      }
      Step step = dialing.step(now);
      if (step == Step.ABANDON) {
        // The SYN has opened our NAT; the next follows at once and keeps it open.
        actions.add(new Action.AbandonDial(path));
        step = dialing.step(now);
      }
      if (step == Step.DIAL) {
        actions.add(new Action.Dial(path, dialing.to()));
      }
    });
  }

  /** Links that are up when the last round ends get the time for an answer. */
  private Instant giveUpAt() {
    return links.isEmpty() ? end : end.plus(ANSWER);
  }

  private void giveUpWhenOver(Instant now) {
    if (giveUpAt().isAfter(now)) {
      return;
    }
    Reason reason =
        linksSeen > strangers
            ? Reason.PEER_WENT_SILENT
            : strangers > 0 ? Reason.ONLY_STRANGERS : Reason.NOTHING_CAME_THROUGH;
    Evidence evidence =
        new Evidence(
            Duration.between(start, now),
            dialings.values().stream().mapToInt(Dialing::attempts).sum(),
            dialings.values().stream().mapToInt(Dialing::refused).sum(),
            dialings.values().stream().mapToInt(Dialing::unreachable).sum());
    closeAllBut(null);
    actions.add(new Action.Failed(PunchFailure.of(reason, peer, addresses, evidence)));
  }

  private void succeed(OpenLink link) {
    closeAllBut(link);
    actions.add(new Action.Succeeded(link.number(), link.path()));
  }

  private void closeAllBut(@Nullable OpenLink kept) {
    done = true;
    dialings.forEach(this::stop);
    for (OpenLink link : links.values()) {
      if (!link.equals(kept)) {
        actions.add(new Action.CloseLink(link.number()));
      }
    }
  }

  private void stop(Path path, Dialing dialing) {
    if (dialing.stop()) {
      actions.add(new Action.AbandonDial(path));
    }
  }

  private boolean noLinkOn(Path path) {
    return links.values().stream().noneMatch(link -> link.path() == path);
  }

  private Optional<Dialing> dialing(Path path) {
    return Optional.ofNullable(dialings.get(path));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
