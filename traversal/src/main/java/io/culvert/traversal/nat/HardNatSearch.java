package io.culvert.traversal.nat;

import io.culvert.traversal.nat.NatProfile.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The search for a way through NATs that give every destination a port of its own. What gets
 * through are checks of ICE, so what comes of it is the agent's.
 *
 * <ul>
 *   <li>One such NAT: the peer behind it opens many ports towards the other one, whose own port is
 *       known; the other one tries ports of the NAT until it meets an open one. Of 64 511 ports,
 *       256 that are open are met by 1024 tries in 98 of 100 cases; of a NAT that counts upwards,
 *       the next ones are.
 *   <li>Two that count upwards: one peer climbs the other's next ports, one by one, so its n-th
 *       packet leaves by its own n-th next port. The other climbs, too, and when each has been
 *       ahead of the other by as many ports as others have used meanwhile, they meet.
 * </ul>
 *
 * <p>Every try is an entry in a router: there is an upper limit, and a pause before it is done
 * again. Not thread-safe; owns no socket and no clock.
 */
public final class HardNatSearch {
  /** Ports opened by the peer behind the NAT, where the other one has to meet any of them. */
  static final int MANY_SOCKETS = 256;

  /** The same where the other one knows where to look. */
  static final int FEW_SOCKETS = 24;

  /** Destinations that one search tries. */
  static final int MAX_TRIES = 1500;

  /** How far two peers climb towards each other. */
  static final int RUNGS = 48;

  /** By how many ports two peers may be ahead of what they know of each other. */
  private static final int MOST_AHEAD = 12;

  /** Packets get lost: they climb again, by the same ports. */
  private static final int CLIMBS = 4;

  private static final Duration BETWEEN_CLIMBS = Duration.ofMillis(700);

  /** Between two tries. */
  static final Duration TRY_PACE = Duration.ofMillis(10);

  /** Between two sockets: their first packets are as many entries in the router. */
  static final Duration SOCKET_PACE = Duration.ofMillis(2);

  /** An opened port is kept open; its mapping is younger than the shortest that NATs forget. */
  static final Duration REPEAT = Duration.ofSeconds(5);

  /**
   * How far those packets get at first. The peer's router must not see them: one that answers what
   * it does not expect, or merely keeps it in mind, has then no way any more for what the peer
   * tries at that port. Two routers of ours and what a carrier has besides are passed.
   */
  static final int OPENING_HOPS = 5;

  /** Then the peer has tried all ports, and they may as well arrive. */
  private static final int OPENING_ROUNDS = 3;

  /** How long one search goes on. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Before the next one begins; three times as long before the one after that, and so on. */
  static final Duration PAUSE = Duration.ofSeconds(20);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(9);

  /** What to do now. */
  public sealed interface Action {
    /**
     * Open a socket of its own under this number, if it is not open, and send a check from it that
     * gets past so many routers; 0 is as far as it can.
     */
    record CheckFrom(int socket, InetSocketAddress to, int hops) implements Action {}

    /** Send a check from the usual socket. */
    record Check(InetSocketAddress to) implements Action {}

    /** These sockets are not needed any more. */
    record CloseSockets() implements Action {}
  }

  private enum Side {
    /** Tries ports of the peer's NAT. */
    TRIES,
    /** Opens ports in our own. */
    OPENS,
    /** Climbs the next ports of the peer's NAT, as the peer does with ours. */
    CLIMBS
  }

  private final RandomGenerator random;
  private final List<Action> actions = new ArrayList<>();
  private @Nullable Side side;
  private @Nullable PortGuesses guesses;
  private List<InetSocketAddress> targets = List.of();
  private List<InetAddress> peersNat = List.of();
  private int climbs;
  private int sockets;
  private int rounds;
  private int done;
  private Instant due = Instant.MAX;
  private Instant repeat = Instant.MAX;
  private Instant end = Instant.MAX;
  private Instant notBefore = Instant.MIN;
  private Duration pause = PAUSE;

  /** Nothing is searched for yet. */
  public HardNatSearch(RandomGenerator random) {
    this.random = random;
  }

  /** Whether such a search may lead to something that checks of known addresses do not. */
  public static boolean isWorthTrying(NatProfile ours, NatProfile theirs) {
    boolean areKnown = ours.ports() != Ports.UNKNOWN && theirs.ports() != Ports.UNKNOWN;
    boolean isOne = ours.isSymmetric() != theirs.isSymmetric();
    return areKnown && (isOne || areBothSequential(ours, theirs));
  }

  /** Whether it fills our router with so many entries that there must not be two of its kind. */
  public static boolean isCostly(NatProfile ours, NatProfile theirs) {
    return isWorthTrying(ours, theirs) && !areBothSequential(ours, theirs);
  }

  /** When the next one may begin. */
  public Instant notBefore() {
    return notBefore;
  }

  private static boolean areBothSequential(NatProfile ours, NatProfile theirs) {
    return ours.ports() == Ports.SEQUENTIAL && theirs.ports() == Ports.SEQUENTIAL;
  }

  /**
   * Begins, if it is worth it and the last one is long enough ago.
   *
   * @param ours what is known of our NAT, as the peer knows it, too
   * @param leads whether we are the one, of two that are in the same situation, who goes ahead
   */
  public void begin(NatProfile ours, NatProfile theirs, boolean leads, Instant now) {
    if (!isWorthTrying(ours, theirs) || now.isBefore(notBefore)) {
      return;
    }
    notBefore = now.plus(PATIENCE).plus(pause);
    Duration longer = pause.multipliedBy(3);
    pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    end = now.plus(PATIENCE);
    due = now;
    done = 0;
    if (areBothSequential(ours, theirs)) {
      side = Side.CLIMBS;
      climbs = 0;
      targets = rungs(theirs, leads ? 0 : MOST_AHEAD);
    } else if (theirs.isSymmetric()) {
      side = Side.TRIES;
      guesses = new PortGuesses(theirs, random);
      peersNat = theirs.addresses();
    } else {
      side = Side.OPENS;
      sockets = ours.ports() == Ports.SEQUENTIAL ? FEW_SOCKETS : MANY_SOCKETS;
      rounds = 0;
      targets = List.of(theirs.last());
      repeat = now.plus(REPEAT);
    }
  }

  /**
   * The next ports of a NAT.
   *
   * @param ahead by up to how many ports each is farther up than its turn is
   */
  private static List<InetSocketAddress> rungs(NatProfile nat, int ahead) {
    Set<Integer> steps = new LinkedHashSet<>();
    for (int rung = 1; rung <= RUNGS; rung++) {
      int turn = rung;
      IntStream.rangeClosed(0, ahead)
          .map(more -> turn + (turn + more) % (ahead + 1))
          .filter(step -> !steps.contains(step))
          .findFirst()
          .ifPresent(steps::add);
    }
    return steps.stream()
        .map(step -> nat.last().getPort() + nat.delta() * step)
        .filter(port -> port >= 1 && port <= 0xffff)
        .map(port -> new InetSocketAddress(nat.last().getAddress(), port))
        .toList();
  }

  /** There is a direct way, or it is not wanted any more. */
  public List<Action> stop() {
    pause = PAUSE;
    return end();
  }

  private List<Action> end() {
    actions.clear();
    if (side != null) {
      side = null;
      actions.add(new Action.CloseSockets());
    }
    return List.copyOf(actions);
  }

  /** Whether it is going on. */
  public boolean isOn() {
    return side != null;
  }

  /** The time has come. */
  public List<Action> deadlineReached(Instant now) {
    actions.clear();
    if (side == null) {
      return List.of();
    }
    if (!end.isAfter(now)) {
      return end();
    }
    switch (side) {
      case TRIES -> tryPorts(now);
      case OPENS -> openPorts(now);
      case CLIMBS -> climb(now);
    }
    return List.copyOf(actions);
  }

  /** When to tell that it has come; empty when nothing is searched for. */
  public Optional<Instant> nextDeadline() {
    return side == null
        ? Optional.empty()
        : Optional.of(due).map(at -> at.isBefore(end) ? at : end);
  }

  private void tryPorts(Instant now) {
    while (!due.isAfter(now)) {
      if (guesses == null || done + peersNat.size() > MAX_TRIES || !guesses.hasNext()) {
        due = end;
        return;
      }
      int port = guesses.next();
      for (InetAddress address : peersNat) {
        done++;
        actions.add(new Action.Check(new InetSocketAddress(address, port)));
        due = due.plus(TRY_PACE);
      }
    }
  }

  private void openPorts(Instant now) {
    while (!due.isAfter(now)) {
      if (done == sockets) {
        rounds++;
        done = 0;
        due = repeat;
        repeat = repeat.plus(REPEAT);
      } else {
        int hops = rounds < OPENING_ROUNDS ? OPENING_HOPS : 0;
        actions.add(new Action.CheckFrom(done, targets.getFirst(), hops));
        done++;
        due = due.plus(SOCKET_PACE);
      }
    }
  }

  private void climb(Instant now) {
    while (!due.isAfter(now)) {
      if (done < targets.size()) {
        actions.add(new Action.Check(targets.get(done)));
        done++;
        due = due.plus(SOCKET_PACE);
      } else if (++climbs == CLIMBS) {
        due = end;
        return;
      } else {
        done = 0;
        due = due.plus(BETWEEN_CLIMBS);
      }
    }
  }
}
