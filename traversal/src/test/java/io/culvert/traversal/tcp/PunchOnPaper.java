package io.culvert.traversal.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.tcp.TcpPunch.Action;
import io.culvert.traversal.tcp.TcpPunch.Event;
import io.culvert.traversal.tcp.TcpPunch.Role;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A punch towards a peer named bob that exists on paper only: the test says what happens and when.
 * Deadlines are kept to the millisecond; each may only have the effects that the test expects.
 */
final class PunchOnPaper {
  static final String BOB = "bob";
  static final InetSocketAddress LOCAL_ADDRESS = new InetSocketAddress("192.168.1.5", 4000);
  static final InetSocketAddress PUBLIC_ADDRESS = new InetSocketAddress("203.0.113.7", 4000);

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** What the punch did of itself, and how many milliseconds after the start. */
  record Timed(long millis, Action action) {}

  private final CheckedPunch punch;
  private Instant now = START;

  private PunchOnPaper(Role role, InetSocketAddress peerLocal, InetSocketAddress peerPublic) {
    punch = new CheckedPunch(role, BOB, peerLocal, peerPublic, START);
  }

  static PunchOnPaper by(Role role) {
    return by(role, LOCAL_ADDRESS, PUBLIC_ADDRESS);
  }

  static PunchOnPaper by(Role role, InetSocketAddress peerLocal, InetSocketAddress peerPublic) {
    return new PunchOnPaper(role, peerLocal, peerPublic);
  }

  List<Action> start() {
    return tell(new Event.DeadlineReached());
  }

  /** Lets time pass until so many milliseconds after the start, and tells what the punch did. */
  List<Timed> until(long millis) {
    List<Timed> done = new ArrayList<>();
    Instant end = START.plusMillis(millis);
    for (Optional<Instant> due = punch.nextDeadline();
        due.isPresent() && !due.get().isAfter(end);
        due = punch.nextDeadline()) {
      now = due.get().isAfter(now) ? due.get() : now;
      long passed = now.toEpochMilli() - START.toEpochMilli();
      start().forEach(action -> done.add(new Timed(passed, action)));
    }
    now = end;
    return done;
  }

  /** Jumps to so many milliseconds after the start, when nothing must have happened before. */
  PunchOnPaper at(long millis) {
    assertThat(until(millis)).isEmpty();
    return this;
  }

  /** The same, but never mind what happened before. */
  PunchOnPaper skipTo(long millis) {
    until(millis);
    return this;
  }

  /** The same, but the punch is not told that its deadlines pass. */
  PunchOnPaper sleepUntil(long millis) {
    now = START.plusMillis(millis);
    return this;
  }

  List<Action> dialed(Path path, int link) {
    return tell(new Event.Dialed(path, link));
  }

  List<Action> dialFailed(Path path, DialError error) {
    return tell(new Event.DialFailed(path, error));
  }

  List<Action> accepted(int link, InetSocketAddress from) {
    return tell(new Event.Accepted(link, from));
  }

  List<Action> ack(int link, String clientId) {
    return tell(new Event.AckReceived(link, clientId));
  }

  List<Action> lost(int link) {
    return tell(new Event.LinkLost(link));
  }

  List<Action> tell(Event event) {
    return punch.on(event, now);
  }

  Optional<Instant> nextDeadline() {
    return punch.nextDeadline();
  }
}
