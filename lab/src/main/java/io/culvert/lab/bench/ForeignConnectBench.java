package io.culvert.lab.bench;

import io.culvert.client.CulvertException;
import io.culvert.lab.bench.BenchReport.Run;
import io.culvert.lab.foreign.ForeignPeer;
import io.culvert.lab.foreign.ForeignProgram;
import io.culvert.lab.foreign.ForeignStack;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Meeting.Moment;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.NatKind;
import io.culvert.wire.flow.CallData.Ice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * How long other people's ICE takes to connect two peers, beside ours: in turns, each time in a
 * laboratory of its own, between the routers of two homes, in which a packet takes {@link
 * Venue#ROUND_TRIP} there and back between any two of server and peers. What peers tell each other
 * before they can reach each other takes as long as by way of the server.
 *
 * @param times how often each is tried
 * @param stacks theirs
 * @param progress told what goes on
 */
public record ForeignConnectBench(int times, Set<ForeignStack> stacks, Consumer<String> progress) {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String FIRST = "first byte, cone × cone";
  private static final String DIRECT = "first byte, directly";

  /** Not counted: a JVM that has just started takes its time for everything. */
  private static final int WARM_UPS = 2;

  /** One that has met. */
  private record Met(Duration firstByte, Duration direct) {}

  /** A stack, and the meetings of its peers. */
  private record Rival(ForeignStack stack, ForeignProgram program, List<Met> meetings) {}

  /**
   * Measures.
   *
   * @throws BenchException when one of them is not installed, or did not connect
   * @throws io.culvert.lab.net.LabException when there can be no laboratory here
   */
  public BenchReport run() throws Exception {
    for (ForeignStack stack : stacks) {
      if (!stack.isInstalled()) {
        throw new BenchException(stack.missing());
      }
    }
    List<Rival> rivals = new ArrayList<>();
    try (Accounts accounts = Accounts.make()) {
      for (ForeignStack stack : stacks) {
        progress.accept("preparing " + stack);
        rivals.add(new Rival(stack, stack.program(), new ArrayList<>()));
      }
      return measure(accounts, rivals);
    } finally {
      for (Rival rival : rivals) {
        rival.program().close();
      }
    }
  }

  private BenchReport measure(Accounts accounts, List<Rival> rivals) throws Exception {
    progress.accept("warming up");
    for (int i = 0; i < WARM_UPS; i++) {
      ours(accounts);
    }
    List<Met> ours = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      progress.accept("%d of %d".formatted(i + 1, times));
      for (Rival rival : rivals) {
        rival.meetings().add(theirs(accounts, rival));
      }
      ours.add(ours(accounts));
    }
    List<Run> runs = new ArrayList<>();
    rivals.forEach(rival -> runs.add(run(rival.stack().toString(), rival.meetings())));
    runs.add(run("culvert", ours));
    return new BenchReport(Optional.empty(), runs);
  }

  private static Run run(String name, List<Met> meetings) {
    return new Run(name, figures(meetings));
  }

  private static List<Figure> figures(List<Met> meetings) {
    List<Duration> first = meetings.stream().map(Met::firstByte).toList();
    List<Duration> direct = meetings.stream().map(Met::direct).toList();
    return List.of(
        Figure.percentile(FIRST, "p50", first, 0.5),
        Figure.percentile(FIRST, "p95", first, 0.95),
        Figure.percentile(DIRECT, "p50", direct, 0.5),
        Figure.percentile(DIRECT, "p95", direct, 0.95));
  }

  /** What we say goes by whatever way there is, until there is a direct one. */
  private static Met ours(Accounts accounts) throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      Guest alice = venue.alice(venue.lab().peer("alice", NatKind.PORT_RESTRICTED));
      Guest bob = venue.bob(venue.lab().peer("bob", NatKind.PORT_RESTRICTED));
      try (Meeting meeting = Meeting.begin(alice, bob)) {
        Duration first = meeting.firstByte(PATIENCE).after();
        Moment direct =
            meeting
                .direct(PATIENCE)
                .orElseThrow(() -> new BenchException("culvert did not connect directly."));
        return new Met(first, direct.after().compareTo(first) > 0 ? direct.after() : first);
      } catch (CulvertException why) {
        throw new BenchException("culvert did not connect: " + why.getMessage(), why);
      }
    }
  }

  /** Without a relay, there is no way but the direct one. */
  private static Met theirs(Accounts accounts, Rival rival) throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      Host aliceHost = venue.stranger(venue.lab().peer("alice", NatKind.PORT_RESTRICTED));
      Host bobHost = venue.stranger(venue.lab().peer("bob", NatKind.PORT_RESTRICTED));
      InetSocketAddress server = venue.stun();
      String stun = "stun=" + server.getAddress().getHostAddress() + ":" + server.getPort();
      try (ForeignPeer alice = rival.program().start(aliceHost, "role=controlling", stun);
          ForeignPeer bob = rival.program().start(bobHost, "role=controlled", stun)) {
        Ice aliceIs = alice.description();
        Ice bobIs = bob.description();
        long start = System.nanoTime();
        CompletableFuture<Void> said = alice.connected().thenRun(() -> alice.say("Hello, bob!"));
        CompletableFuture.runAsync(() -> bob.hear(aliceIs), signal())
            .thenRunAsync(() -> alice.hear(bobIs), signal());
        if (bob.heard(PATIENCE) == null) {
          throw new BenchException(rival.stack() + " did not connect: " + why(said));
        }
        Duration after = Duration.ofNanos(System.nanoTime() - start);
        return new Met(after, after);
      }
    } catch (IOException why) {
      throw new BenchException(rival.stack() + " did not connect: " + why.getMessage(), why);
    }
  }

  private static String why(CompletableFuture<Void> said) throws InterruptedException {
    try {
      said.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return "nothing was heard.";
    } catch (ExecutionException e) {
      return String.valueOf(e.getMessage());
    } catch (TimeoutException e) {
      return "nothing came of it.";
    }
  }

  /** Half a round trip from a peer to the server, and half of one from there to the other. */
  private static Executor signal() {
    return CompletableFuture.delayedExecutor(
        Venue.ROUND_TRIP.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
  }
}
