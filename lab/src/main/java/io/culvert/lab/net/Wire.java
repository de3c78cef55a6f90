package io.culvert.lab.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A wire that takes its time: two TAP devices, and a thread that carries Ethernet frames from each
 * to the other and holds them back. The kernel's own way, netem, is missing in too many kernels.
 */
final class Wire implements AutoCloseable {
  /** How many frames are read from one end before the other end has its turn. */
  private static final int TURN = 64;

  /**
   * A pause after whatever happens, as network cards make: with many frames under way the thread
   * would be woken twice for each of them. Those alone on the wire are not late by it, others by so
   * much at most.
   */
  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(150);

  private static final long FOREVER = TimeUnit.HOURS.toNanos(1);

  private static final int POLLFD_SIZE = 8;
  private static final int REVENTS = 6;
  private static final short POLLIN = 1;

  private final int near;
  private final int far;
  private final int end;
  private final Arena memory = Arena.ofShared();
  private final Lane out = new Lane(memory, RandomGenerator.getDefault());
  private final Lane in = new Lane(memory, RandomGenerator.getDefault());
  private final Thread thread;
  private boolean closed;

  /**
   * Makes the devices, which are down, and starts the thread.
   *
   * @throws LabException when the system refuses
   */
  Wire(Namespace namespace, String near, String far) {
    this.near = tap(namespace, near);
    try {
      this.far = tap(namespace, far);
    } catch (LabException e) {
      Kernel.close(this.near);
      throw e;
    }
    this.end = Kernel.openEvent();
    this.thread = Thread.ofPlatform().daemon().name("wire-" + near).start(this::carry);
  }

  private static int tap(Namespace namespace, String name) {
    return namespace.make("The TAP device " + name, () -> Kernel.openTap(name));
  }

  /** For the frames that set off from now on, from near to far and back. */
  void delay(Delay out, Delay in) {
    this.out.delay(out);
    this.in.delay(in);
  }

  /** For the frames that set off from now on, in both directions. */
  void duplicate(boolean wanted) {
    out.duplicate(wanted);
    in.duplicate(wanted);
  }

  private void carry() {
    MemorySegment ends = memory.allocate(3 * POLLFD_SIZE, JAVA_INT.byteAlignment());
    MemorySegment timeout = memory.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
    watch(ends, 0, near);
    watch(ends, 1, far);
    watch(ends, 2, end);
    do {
      long now = System.nanoTime();
      long wait = in.timeToNext(now, out.timeToNext(now, FOREVER));
      timeout.set(JAVA_LONG, 0, wait / 1_000_000_000);
      timeout.set(JAVA_LONG, JAVA_LONG.byteSize(), wait % 1_000_000_000);
      if (Kernel.poll(ends, 3, timeout) > 0) {
        if (isReadable(ends, 0)) {
          pickUp(near, out);
        }
        if (isReadable(ends, 1)) {
          pickUp(far, in);
        }
      }
      deliver(out, far);
      deliver(in, near);
      LockSupport.parkNanos(PAUSE);
    } while (!isReadable(ends, 2));
  }

  private static void watch(MemorySegment ends, int index, int descriptor) {
    ends.set(JAVA_INT, (long) index * POLLFD_SIZE, descriptor);
    ends.set(JAVA_SHORT, (long) index * POLLFD_SIZE + JAVA_INT.byteSize(), POLLIN);
  }

  private static boolean isReadable(MemorySegment ends, int index) {
    long at = (long) index * POLLFD_SIZE;
    short what = ends.get(JAVA_SHORT, at + REVENTS);
    if (what != 0 && what != POLLIN) {
      // The device is gone, with its cable: a negative descriptor is not asked again.
      ends.set(JAVA_INT, at, -1);
    }
    return what == POLLIN;
  }

  private static void pickUp(int from, Lane lane) {
    for (int count = 0; count < TURN; count++) {
      Lane.Frame frame = lane.empty();
      int length = Kernel.read(from, frame.bytes);
      if (length <= 0) {
        lane.giveBack(frame);
        return;
      }
      lane.send(frame, length, System.nanoTime());
    }
  }

  private static void deliver(Lane lane, int to) {
    for (int count = 0; count < TURN; count++) {
      Lane.Frame frame = lane.arrived(System.nanoTime());
      if (frame == null) {
        return;
      }
      // A device that is down takes nothing: so the frame is lost, like all on a pulled cable.
      Kernel.write(to, frame.bytes, frame.length());
      lane.giveBack(frame);
    }
  }

  /** Removes the devices, with all that is under way. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (Arena arena = Arena.ofConfined()) {
      Kernel.write(end, arena.allocateFrom(JAVA_LONG, 1L), JAVA_LONG.byteSize());
    }
    join();
    memory.close();
    Kernel.close(end);
    Kernel.close(near);
    Kernel.close(far);
  }

  private void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // The memory is the thread's until it has ended, which takes no time.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
