package io.culvert.lab.scenario;

import io.culvert.client.peer.PathReport;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Meeting.Moment;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.NatKind;
import io.culvert.traversal.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** What most scenarios are made of. */
final class Plays {
  /** Where nothing is in the way. */
  static final Duration SOON = Duration.ofSeconds(4);

  /** For NATs that must be guessed through. */
  static final Duration GUESSING = Duration.ofSeconds(20);

  /** As long as peers themselves wait. */
  private static final Duration CONNECTING = Duration.ofSeconds(30);

  private static final Duration TRANSFER = Duration.ofSeconds(6);
  private static final Duration GLANCE = Duration.ofMillis(5);

  private Plays() {}

  /** What two people do who are connected. */
  interface Talk {
    /** Returns what was seen. */
    String about(Meeting meeting) throws Exception;
  }

  /** What happens to a connection. */
  interface Blow {
    void strike() throws Exception;
  }

  /** Both are to be connected directly within that time. */
  static Play direct(NatKind alice, NatKind bob, Duration within) {
    return venue -> direct(venue, behind(venue, "alice", alice), behind(venue, "bob", bob), within);
  }

  /** Both are to be connected, whichever way. */
  static Play connected(NatKind alice, NatKind bob) {
    return venue ->
        meet(
            venue,
            behind(venue, "alice", alice),
            behind(venue, "bob", bob),
            meeting ->
                "first byte after %d ms; %s"
                    .formatted(firstByte(meeting).after().toMillis(), path(meeting)));
  }

  /** They are connected over the relay, for there is no other way. */
  static String relayed(Meeting meeting) throws Exception {
    return "first byte after %d ms; ".formatted(firstByte(meeting).after().toMillis())
        + becomes(meeting, "relayed", Plays::isRelayed, SOON);
  }

  static Host behind(Venue venue, String name, NatKind kind) {
    return venue.lab().peer(name, kind);
  }

  static String direct(Venue venue, Host alice, Host bob, Duration within) throws Exception {
    return meet(venue, alice, bob, meeting -> direct(meeting, within));
  }

  /** They are connected, and then what is said of that. */
  static String meet(Venue venue, Host alice, Host bob, Talk talk) throws Exception {
    Guest callee = venue.bob(bob);
    return meet(venue.alice(alice), callee, talk);
  }

  /** The same with those who are online already. */
  static String meet(Guest caller, Guest callee, Talk talk) throws Exception {
    try (Meeting meeting = Meeting.begin(caller, callee)) {
      firstByte(meeting);
      return talk.about(meeting);
    }
  }

  /** Bob has heard something. */
  static Moment firstByte(Meeting meeting) throws Exception {
    return meeting.firstByte(CONNECTING);
  }

  /** The path is to be direct within that time. */
  static String direct(Meeting meeting, Duration within) throws Exception {
    Optional<Moment> direct = meeting.direct(within);
    if (direct.isEmpty()) {
      throw new UnexpectedException(
          "After %d s it was %s. %s"
              .formatted(
                  within.toSeconds(),
                  path(meeting),
                  String.join(" ", meeting.toBob().why().advice())));
    }
    return "direct after %d ms, with %d packets; %s"
        .formatted(direct.get().after().toMillis(), direct.get().packets(), path(meeting));
  }

  /** Alice's path is to become such a one within that time. */
  static String becomes(Meeting meeting, String what, Predicate<PathReport> wanted, Duration within)
      throws Exception {
    long start = System.nanoTime();
    while (meeting.path().filter(wanted).isEmpty()) {
      if (System.nanoTime() - start > within.toNanos()) {
        throw new UnexpectedException(
            "After %d s it was %s, and not %s.".formatted(within.toSeconds(), path(meeting), what));
      }
      Thread.sleep(GLANCE);
    }
    return "%s %d ms later: %s"
        .formatted(what, (System.nanoTime() - start) / 1_000_000, path(meeting));
  }

  static boolean isLocal(PathReport path) {
    return path.kind() == Path.LOCAL;
  }

  static boolean isRelayed(PathReport path) {
    return path.kind() == Path.RELAY;
  }

  static String path(Meeting meeting) throws Exception {
    return meeting.path().map(PathReport::toString).orElse("without a path");
  }

  /**
   * Something happens in the middle of a transfer, of which nothing may be lost; nor may it stand
   * still for longer than that.
   */
  static String survives(Meeting meeting, Duration longestBreak, Blow blow) throws Exception {
    try (Transfer transfer = Transfer.steady(meeting.toBob(), meeting.toAlice(), TRANSFER)) {
      transfer.awaitShare(0.25, TRANSFER.plus(SOON));
      blow.strike();
      Transfer.Result result = transfer.await(TRANSFER.multipliedBy(2).plus(longestBreak));
      String seen = "%s; then %s".formatted(result, path(meeting));
      if (result.longestSilence().compareTo(longestBreak) > 0) {
        throw new UnexpectedException(seen);
      }
      return seen;
    }
  }

  /** The same with two who are connected directly before. */
  static String directSurvives(Venue venue, Host alice, Host bob, Duration longestBreak, Blow blow)
      throws Exception {
    return meet(
        venue,
        alice,
        bob,
        meeting -> {
          direct(meeting, SOON);
          return survives(meeting, longestBreak, blow);
        });
  }
}
