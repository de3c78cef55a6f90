package io.culvert.traversal.udp;

import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The search for a path on which a peer's datagrams come back, and the care for it afterwards: tell
 * it what happened, do what it answers.
 *
 * <p>Every route to an address the peer may have is probed again and again; what answers is a path.
 * The best one that answers is selected, and probed from time to time so that NATs keep it open.
 * When it falls silent all are tried again. A relay is what to use while nothing else answers: as
 * long as it is used, the search for something better goes on.
 *
 * <p>Not thread-safe; owns no socket and no clock. {@link Action.Failed} and {@link Action.Lost}
 * are always the last action; events after them are ignored.
 */
public final class PathProbing {
  /** How long a public path waits for a local one, which takes a round trip within one network. */
  static final Duration LOCAL_PREFERENCE = Duration.ofMillis(50);

  /** After how long a probe that keeps a path open is taken for unanswered. */
  static final Duration ANSWER = Duration.ofSeconds(1);

  /** The peer's NAT may show several addresses; a peer that shows ever more is up to no good. */
  static final int MAX_TARGETS = 8;

  /**
   * The times of one protocol.
   *
   * @param interval between two probes of one address during the search
   * @param patience how long the search may take
   * @param keepAlive between two probes of the selected path
   * @param silence after which a selected path without any answer is lost
   */
  public record Pace(Duration interval, Duration patience, Duration keepAlive, Duration silence) {}

  /** The peer's relay and ours in one row would be one too many. */
  private static final Comparator<Target> BY_PATH =
      Comparator.comparing((Target target) -> target.path)
          .thenComparing(target -> target.route.relayed());

  /** What happened. */
  public sealed interface Event {
    /** A probe was answered from the address that it went to. */
    record Answered(Route from) implements Event {}

    /** The peer, and certainly the peer, sent something from there. */
    record Heard(Route from) implements Event {}

    /** We have a relay, and it may send to the peer. */
    record RelayOpened() implements Event {}

    /** {@link #nextDeadline} has come. */
    record DeadlineReached() implements Event {}
  }

  /** What to do now. */
  public sealed interface Action {
    /** Send a probe. */
    record Probe(Route to) implements Action {}

    /** From now on this is the path for what is sent. */
    record Selected(Path path, Route to) implements Action {}

    /** Nothing has answered in time. */
    record Failed(int probes) implements Action {}

    /** The path that was selected does not answer any more, nor does any other. */
    record Lost() implements Action {}
  }

  private static final class Target {
    final Path path;
    final Route route;
    Instant due;
    @Nullable Instant answered;

    Target(Path path, Route route, Instant due) {
      this.path = path;
      this.route = route;
      this.due = due;
    }
  }

  private final PeerAddresses peer;
  private final Pace pace;
  private final Instant searchEnd;
  private final Map<Route, Target> targets = new LinkedHashMap<>();
  private final List<Action> actions = new ArrayList<>();
  private @Nullable Target selected;
  private Instant lastAnswer;
  private Instant selectionDue = Instant.MAX;
  private int probes;
  private boolean done;

  /** A search that starts now: tell it at once that its deadline has been reached. */
  public PathProbing(PeerAddresses peer, Pace pace, Instant now) {
    this.peer = peer;
    this.pace = pace;
    this.searchEnd = now.plus(pace.patience());
    this.lastAnswer = now;
    peer.targets().forEach((path, to) -> add(path, Route.direct(to), now));
  }

  /** Takes in what happened and answers what to do, in order. */
  public List<Action> on(Event event, Instant now) {
    actions.clear();
    if (!done) {
      take(event, now);
      select(now);
      giveUpWhenOver(now);
    }
    if (!done) {
      probe(now);
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
    Instant next = earlier(selectionDue, givesUpAt());
    for (Target target : targets.values()) {
      next = earlier(next, target.due);
    }
    return Optional.of(next);
  }

  private void take(Event event, Instant now) {
    switch (event) {
      case Event.Answered(Route from) -> {
        Target target = targets.get(from);
        if (target != null) {
          target.answered = now;
          target.due = now.plus(pace.keepAlive());
          lastAnswer = now;
        }
      }
      case Event.Heard(Route from) -> {
        Target target = targets.get(from);
        if (target == null && targets.size() < MAX_TARGETS) {
          add(from.relayed() ? Path.RELAY : peer.pathFrom(from.to()), from, now);
        } else if (target != null && target.answered == null && isBetter(target)) {
          // Its NAT is open from now on. Once it has answered there is nothing to find out: two
          // peers that probed at every probe of the other would keep each other from choosing.
          target.due = now;
        }
      }
      case Event.RelayOpened() ->
          peer.fromAfar()
              .forEach(to -> {
                if (!targets.containsKey(Route.relayed(to))) {
                  add(Path.RELAY, Route.relayed(to), now);
                }
              });
      case Event.DeadlineReached() -> {}
    }
  }

  private void add(Path path, Route route, Instant due) {
    targets.put(route, new Target(path, route, due));
  }

  private void select(Instant now) {
    Optional<Target> best = best(targets.values(), now);
    selectionDue = Instant.MAX;
    if (best.isEmpty() || best.get() == selected) {
      return;
    }
    if (selected == null && best.get().path == Path.PUBLIC && localMayFollow()) {
      Instant due = answeredAt(best.get()).plus(LOCAL_PREFERENCE);
      if (due.isAfter(now)) {
        selectionDue = due;
        return;
      }
    }
    selected = best.get();
    actions.add(new Action.Selected(selected.path, selected.route));
  }

  /** The best of those that answer; the selected one stays when another is only as good. */
  private Optional<Target> best(Collection<Target> all, Instant now) {
    return all.stream()
        .filter(target -> answers(target, now))
        .min(BY_PATH.thenComparing(target -> target != selected));
  }

  private boolean isBetter(Target target) {
    return selected == null || BY_PATH.compare(target, selected) < 0;
  }

  /** Whether its last answer is recent enough for a path that is kept open. */
  private boolean answers(Target target, Instant now) {
    return target.answered != null
        && now.isBefore(target.answered.plus(pace.keepAlive()).plus(ANSWER.multipliedBy(2)));
  }

  private boolean localMayFollow() {
    return targets.values().stream()
        .anyMatch(target -> target.path == Path.LOCAL && target.answered == null);
  }

  private void giveUpWhenOver(Instant now) {
    if (givesUpAt().isAfter(now)) {
      return;
    }
    done = true;
    actions.add(selected == null ? new Action.Failed(probes) : new Action.Lost());
  }

  private Instant givesUpAt() {
    return selected == null && selectionDue.equals(Instant.MAX)
        ? searchEnd
        : lastAnswer.plus(pace.silence());
  }

  private void probe(Instant now) {
    boolean doubtful = selected != null && isOverdue(selected, now);
    for (Target target : targets.values()) {
      if (doubtful && target != selected && target.due.equals(Instant.MAX)) {
        target.due = now;
      }
      if (target.due.isAfter(now)) {
        continue;
      }
      probes++;
      actions.add(new Action.Probe(target.route));
      target.due = nextProbe(target, doubtful, now);
    }
  }

  /** Whether the selected path has let a probe go unanswered. */
  private boolean isOverdue(Target target, Instant now) {
    return !now.isBefore(answeredAt(target).plus(pace.keepAlive()).plus(ANSWER));
  }

  private Instant nextProbe(Target target, boolean doubtful, Instant now) {
    if (target == selected || doubtful) {
      return now.plus(ANSWER);
    }
    if (!isBetter(target)) {
      return Instant.MAX;
    }
    if (now.isBefore(searchEnd)) {
      return now.plus(pace.interval());
    }
    return selected != null && selected.path == Path.RELAY
        ? now.plus(pace.keepAlive())
        : Instant.MAX;
  }

  private Instant answeredAt(Target target) {
    return target.answered == null ? Instant.MIN : target.answered;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
