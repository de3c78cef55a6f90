package io.culvert.lab.matrix;

import io.culvert.client.CulvertException;
import io.culvert.client.peer.PathReport;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Meeting.Moment;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Lets peers behind all kinds of NATs meet, each pair in a laboratory of its own. One pair at a
 * time is set up and connects, so that nothing of the others is in what is measured; those that
 * have no direct path soon wait for it side by side.
 */
public final class Matrix {
  /** All kinds behind which a peer can go online, from the easiest to the hardest. */
  public static final List<NatKind> KINDS =
      List.of(
          NatKind.OPEN,
          NatKind.FULL_CONE,
          NatKind.ADDRESS_RESTRICTED,
          NatKind.PORT_RESTRICTED,
          NatKind.CARRIER_GRADE,
          NatKind.ANSWERING,
          NatKind.SYMMETRIC_SEQUENTIAL,
          NatKind.SYMMETRIC,
          NatKind.UDP_BLOCKED);

  /** Pairs that are not counted: a JVM that has just started takes its time for everything. */
  private static final int WARM_UPS = 2;

  private static final int SIDE_BY_SIDE = 4;

  /** How long a pair has the machine for itself. */
  private static final Duration SOON = Duration.ofMillis(1500);

  private final List<NatKind> kinds;
  private final Duration patience;
  private final Consumer<Cell> listener;
  private final Lock machine = new ReentrantLock(true);

  /**
   * A matrix that is not filled yet.
   *
   * @param kinds each with each, and with itself
   * @param patience how long each pair may take for a direct path, 2 s at least
   * @param listener told of each pair when it is done, by one thread at a time
   */
  public Matrix(List<NatKind> kinds, Duration patience, Consumer<Cell> listener) {
    if (patience.compareTo(SOON) <= 0) {
      throw new IllegalArgumentException("A pair needs more than " + SOON + ", not " + patience);
    }
    this.kinds = List.copyOf(kinds);
    this.patience = patience;
    this.listener = listener;
  }

  /**
   * Fills it.
   *
   * @throws io.culvert.lab.net.LabException when there can be no laboratory here
   */
  public MatrixReport run() throws Exception {
    long start = System.nanoTime();
    try (Accounts accounts = Accounts.make();
        ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE)) {
      for (int i = 0; i < WARM_UPS; i++) {
        measure(accounts, NatKind.PORT_RESTRICTED, NatKind.PORT_RESTRICTED);
      }
      List<Future<Cell>> cells = new ArrayList<>();
      for (NatKind caller : kinds) {
        for (NatKind callee : kinds) {
          cells.add(threads.submit(() -> tell(measure(accounts, caller, callee))));
        }
      }
      try {
        return report(results(cells), start);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private MatrixReport report(List<Cell> cells, long start) {
    return new MatrixReport(
        kinds, cells, Venue.ROUND_TRIP, patience, Duration.ofNanos(System.nanoTime() - start));
  }

  private static List<Cell> results(List<Future<Cell>> futures) throws Exception {
    List<Cell> cells = new ArrayList<>();
    for (Future<Cell> future : futures) {
      try {
        cells.add(future.get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception known ? known : e;
      }
    }
    return cells;
  }

  private Cell tell(Cell cell) {
    synchronized (listener) {
      listener.accept(cell);
    }
    return cell;
  }

  private Cell measure(Accounts accounts, NatKind caller, NatKind callee) throws Exception {
    Turn turn = new Turn();
    try (Venue venue = Venue.open(accounts)) {
      Guest alice = venue.alice(venue.lab().peer("alice", caller));
      Guest bob = venue.bob(venue.lab().peer("bob", callee));
      try (Meeting meeting = Meeting.begin(alice, bob)) {
        Optional<Moment> direct = direct(meeting, turn);
        long packets = (direct.isPresent() ? direct.get() : meeting.now()).packets();
        return cell(caller, callee, meeting, direct, packets);
      }
    } catch (CulvertException notOnline) {
      return Cell.failed(caller, callee, 0, notOnline);
    } finally {
      turn.end();
    }
  }

  private Optional<Moment> direct(Meeting meeting, Turn turn) throws Exception {
    try {
      Optional<Moment> soon = meeting.direct(SOON);
      if (soon.isPresent()) {
        return soon;
      }
      turn.end();
      return meeting.direct(patience.minus(SOON));
    } catch (CulvertException noConnection) {
      return Optional.empty(); // the first byte, which there cannot be either, says why
    }
  }

  private static Cell cell(
      NatKind caller, NatKind callee, Meeting meeting, Optional<Moment> direct, long packets)
      throws Exception {
    try {
      Moment firstByte = meeting.firstByte(SOON);
      String path = meeting.path().map(PathReport::toString).orElse("no path any more");
      return new Cell(
          caller, callee, Optional.of(firstByte.after()), direct.map(Moment::after), packets, path);
    } catch (CulvertException why) {
      return Cell.failed(caller, callee, packets, why);
    }
  }

  /** The time in which a pair has the machine for itself, from its making on. */
  private final class Turn {
    private boolean over;

    Turn() throws InterruptedException {
      machine.lockInterruptibly();
    }

    /** Lets the next one begin; the same thread's second time changes nothing. */
    void end() {
      if (!over) {
        over = true;
        machine.unlock();
      }
    }
  }
}
