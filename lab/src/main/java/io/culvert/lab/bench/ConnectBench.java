package io.culvert.lab.bench;

import io.culvert.client.CulvertException;
import io.culvert.client.peer.Explanation.Way;
import io.culvert.lab.bench.BenchReport.Run;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Meeting.Moment;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How long peers take to connect through the kernel's NATs, and how long a connection is silent
 * when its path dies. Each time in a laboratory of its own, in which a packet takes {@link
 * Venue#ROUND_TRIP} there and back between any two of server and peers.
 *
 * @param times how often each is tried
 * @param progress told what goes on
 */
public record ConnectBench(int times, Consumer<String> progress) {
  private static final Duration EASY = Duration.ofSeconds(5);
  private static final Duration GUESSING = Duration.ofSeconds(20);
  private static final Duration TRANSFER = Duration.ofSeconds(8);

  /** Not counted: a JVM that has just started takes its time for everything. */
  private static final int WARM_UPS = 2;

  private static final Pair RELAYED = new Pair(NatKind.SYMMETRIC, NatKind.SYMMETRIC);
  private static final Pair CONES = new Pair(NatKind.PORT_RESTRICTED, NatKind.PORT_RESTRICTED);
  private static final Pair HARD = new Pair(NatKind.SYMMETRIC, NatKind.PORT_RESTRICTED);
  private static final Pair SEQUENTIAL =
      new Pair(NatKind.SYMMETRIC_SEQUENTIAL, NatKind.SYMMETRIC_SEQUENTIAL);

  /** The routers that stand for a kind of pair. */
  private record Pair(NatKind caller, NatKind callee) {
    @Override
    public String toString() {
      return caller + " × " + callee;
    }
  }

  /**
   * Two that have met.
   *
   * @param callersDirect when the caller had a direct path, if it had one
   * @param direct when both had one
   */
  private record Met(
      Duration firstByte,
      Optional<Duration> callersDirect,
      Optional<Duration> direct,
      int destinations) {}

  /**
   * Measures.
   *
   * @throws BenchException when a pair did not connect at all
   * @throws io.culvert.lab.net.LabException when there can be no laboratory here
   */
  public BenchReport run() throws Exception {
    try (Accounts accounts = Accounts.make()) {
      progress.accept("warming up");
      for (int i = 0; i < WARM_UPS; i++) {
        meet(accounts, CONES, EASY);
      }
      List<Figure> figures = new ArrayList<>();
      figures.addAll(relayed(meetings(accounts, RELAYED, Duration.ZERO)));
      figures.addAll(easy(meetings(accounts, CONES, EASY)));
      figures.addAll(
          guessed(
              "direct, symmetric × cone",
              meetings(accounts, HARD, GUESSING),
              95,
              Optional.of(4000.0)));
      figures.addAll(
          guessed(
              "direct, sequential × sequential",
              meetings(accounts, SEQUENTIAL, EASY),
              90,
              Optional.empty()));
      figures.addAll(silences(accounts));
      return new BenchReport(Optional.empty(), List.of(new Run("culvert", figures)));
    }
  }

  private List<Met> meetings(Accounts accounts, Pair pair, Duration patience) throws Exception {
    List<Met> meetings = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      progress.accept("%s, %d of %d".formatted(pair, i + 1, times));
      meetings.add(meet(accounts, pair, patience));
    }
    return meetings;
  }

  private static Met meet(Accounts accounts, Pair pair, Duration patience) throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      Guest alice = venue.alice(venue.lab().peer("alice", pair.caller()));
      Guest bob = venue.bob(venue.lab().peer("bob", pair.callee()));
      try (Meeting meeting = Meeting.begin(alice, bob)) {
        Moment firstByte = meeting.firstByte(EASY);
        Optional<Moment> direct = meeting.direct(patience);
        return new Met(
            firstByte.after(),
            direct.isPresent() ? meeting.directForAlice(EASY).map(Moment::after) : Optional.empty(),
            direct.map(Moment::after),
            destinations(meeting));
      } catch (CulvertException why) {
        throw new BenchException(pair + ": " + why.getMessage(), why);
      }
    }
  }

  /** Each of them is a mapping in the caller's router. */
  private static int destinations(Meeting meeting) throws Exception {
    return (int)
        meeting.toBob().why().ways().stream()
            .filter(way -> !way.throughOurRelay() && way.sent() > 0)
            .map(Way::remote)
            .distinct()
            .count();
  }

  private static List<Figure> relayed(List<Met> meetings) {
    List<Duration> times = meetings.stream().map(Met::firstByte).toList();
    return percentiles("first byte, over the relay", times, 220, 350);
  }

  private static List<Figure> easy(List<Met> meetings) {
    String what = "direct, cone × cone";
    List<Duration> callers =
        meetings.stream().flatMap(met -> met.callersDirect().stream()).toList();
    List<Figure> figures = new ArrayList<>(percentiles(what, callers, 200, 350));
    figures.add(Figure.percentile(what, "p50, both ends", directTimes(meetings), 0.5));
    figures.add(share(what, meetings).should(Target.atLeast(100)));
    double most = meetings.stream().mapToInt(Met::destinations).max().orElse(0);
    figures.add(Figure.of(what, "new mappings", Unit.COUNT, most).should(Target.atMost(50)));
    return figures;
  }

  private static List<Figure> guessed(
      String what, List<Met> meetings, double leastShare, Optional<Double> mostMillis) {
    Figure median = Figure.percentile(what, "p50", directTimes(meetings), 0.5);
    return List.of(
        share(what, meetings).should(Target.atLeast(leastShare)),
        mostMillis.map(most -> median.should(Target.atMost(most))).orElse(median));
  }

  private static Figure share(String what, List<Met> meetings) {
    double share = 100.0 * directTimes(meetings).size() / meetings.size();
    return Figure.of(what, "direct", Unit.PERCENT, share);
  }

  private static List<Duration> directTimes(List<Met> meetings) {
    return meetings.stream().flatMap(met -> met.direct().stream()).toList();
  }

  private List<Figure> silences(Accounts accounts) throws Exception {
    return List.of(
        silence(accounts, "direct path dies", 1000, Path.RELAY, ConnectBench::cut),
        silence(accounts, "router reboots", 2000, Path.PUBLIC, (home, _) -> home.reboot()));
  }

  /** What happens to a direct path. */
  private interface Blow {
    void strike(Router home, Guest bob) throws Exception;
  }

  /** From now on, nothing gets through between the two but by way of others. */
  private static void cut(Router home, Guest bob) throws Exception {
    String peer = bob.host().publicAddress().getHostAddress();
    String rules =
        """
        table ip cut {
          chain forward {
            type filter hook forward priority -10;
            ip daddr %1$s drop
            ip saddr %1$s drop
          }
        }
        """
            .formatted(peer);
    Process nft = home.start("nft", rules);
    if (nft.waitFor() != 0) {
      throw new BenchException("nft did not cut the path.");
    }
  }

  private Figure silence(Accounts accounts, String what, double most, Path then, Blow blow)
      throws Exception {
    List<Duration> silences = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      progress.accept("%s, %d of %d".formatted(what, i + 1, times));
      silences.add(silence(accounts, then, blow));
    }
    return Figure.percentile("under a transfer, the " + what, "silent, worst", silences, 1)
        .should(Target.atMost(most));
  }

  private static Duration silence(Accounts accounts, Path then, Blow blow) throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      Router home = venue.lab().router("home", NatKind.PORT_RESTRICTED);
      Guest alice = venue.alice(home.host("alice"));
      Guest bob = venue.bob(venue.lab().peer("bob", NatKind.PORT_RESTRICTED));
      try (Meeting meeting = Meeting.begin(alice, bob)) {
        meeting.firstByte(EASY);
        if (meeting.direct(EASY).isEmpty()) {
          throw new BenchException("Two ordinary routers were not passed.");
        }
        try (Transfer transfer = Transfer.steady(meeting.toBob(), meeting.toAlice(), TRANSFER)) {
          transfer.awaitShare(0.3, TRANSFER);
          blow.strike(home, bob);
          Duration silence = transfer.await(TRANSFER.multipliedBy(3)).longestSilence();
          if (meeting.path().filter(path -> path.kind() == then).isEmpty()) {
            throw new BenchException("Afterwards the path was " + meeting.path() + ".");
          }
          return silence;
        }
      }
    }
  }

  private static List<Figure> percentiles(
      String what, List<Duration> times, double most50, double most95) {
    return List.of(
        Figure.percentile(what, "p50", times, 0.5).should(Target.atMost(most50)),
        Figure.percentile(what, "p95", times, 0.95).should(Target.atMost(most95)));
  }
}
