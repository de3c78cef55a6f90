package io.culvert.traversal.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.TcpPunch.Action;
import io.culvert.traversal.tcp.TcpPunch.Event;
import io.culvert.traversal.tcp.TcpPunch.Role;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A punch that is watched by somebody who knows which dials and links there are. */
final class CheckedPunch {
  private static final int ROUNDS = 4;

  private final Role role;
  private final TcpPunch punch;
  private final Set<Path> dials = EnumSet.noneOf(Path.class);
  private final Set<Integer> links = new HashSet<>();
  private final Set<Integer> nominated = new HashSet<>();
  private boolean over;
  private Instant lastTimer = Instant.MIN;
  private int timersAtOnce;

  CheckedPunch(
      Role role,
      String peer,
      InetSocketAddress peerLocal,
      InetSocketAddress peerPublic,
      Instant now) {
    this.role = role;
    this.punch = new TcpPunch(role, peer, PeerAddresses.of(peerLocal, peerPublic), ROUNDS, now);
  }

  List<Action> on(Event event, Instant now) {
    boolean wasOver = over;
    happen(event, now);
    List<Action> actions = punch.on(event, now);
    if (wasOver) {
      assertThat(actions).as("after the end").isEmpty();
    }
    actions.forEach(this::check);
    if (over && !wasOver) {
      assertThat(actions.getLast())
          .as("the end comes last")
          .isInstanceOfAny(Action.Succeeded.class, Action.Failed.class);
    }
    assertThat(nextDeadline().isEmpty()).as("a deadline as long as it goes on").isEqualTo(over);
    return actions;
  }

  Optional<Instant> nextDeadline() {
    return punch.nextDeadline();
  }

  boolean isOver() {
    return over;
  }

  private void happen(Event event, Instant now) {
    switch (event) {
      case Event.Dialed(Path path, int link) -> {
        dials.remove(path);
        links.add(link);
      }
      case Event.DialFailed(Path path, var _) -> dials.remove(path);
      case Event.Accepted(int link, var _) -> links.add(link);
      case Event.AckReceived _ -> {}
      case Event.LinkLost(int link) -> {
        links.remove(link);
        nominated.remove(link);
      }
      case Event.DeadlineReached() -> {
        timersAtOnce = now.equals(lastTimer) ? timersAtOnce + 1 : 1;
        lastTimer = now;
        assertThat(timersAtOnce).as("timers at one moment").isLessThan(4);
      }
    }
  }

  private void check(Action action) {
    assertThat(over).as("%s after the end", action).isFalse();
    switch (action) {
      case Action.Dial(Path path, var _) ->
          assertThat(dials.add(path)).as("only dial on the %s path", path).isTrue();
      case Action.AbandonDial(Path path) ->
          assertThat(dials.remove(path)).as("dial in flight on the %s path", path).isTrue();
      case Action.SendAck(int link) -> {
        assertThat(links).as("open links").contains(link);
        assertThat(nominated).as("links nominated besides %s", link).isEmpty();
        nominated.add(link);
      }
      case Action.CloseLink(int link) -> {
        assertThat(links.remove(link)).as("link %s is open", link).isTrue();
        nominated.remove(link);
      }
      case Action.Succeeded(int link, var _) -> {
        over = true;
        assertThat(links).as("open links").containsExactly(link);
        assertThat(nominated).as("links on which the %s spoke", role).containsExactly(link);
        assertThat(dials).as("dials in flight").isEmpty();
      }
      case Action.Failed _ -> {
        over = true;
        assertThat(links).as("open links").isEmpty();
        assertThat(dials).as("dials in flight").isEmpty();
      }
    }
  }
}
