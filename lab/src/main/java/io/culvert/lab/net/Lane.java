package io.culvert.lab.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link Wire}: the frames that are on their way, each until its time has come.
 * The search for neighbours takes no time, as between machines that know each other for long. Times
 * are those of {@link System#nanoTime}. One thread's, but for the settings.
 */
final class Lane {
  /** An MTU of 1500, the Ethernet header, and a VLAN's. */
  static final int FRAME_SIZE = 1518;

  /** 300 Mbit/s for 800 ms, some 30 MB. What comes on top of that is lost, as at a full router. */
  private static final int CAPACITY = 20_000;

  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int ETHERTYPE = 12;
  private static final short ARP = 0x0806;
  private static final short IPV6 = (short) 0x86dd;
  private static final int NEXT_HEADER = 20;
  private static final int ICMPV6_TYPE = 54;
  private static final byte ICMPV6 = 58;
  private static final byte NEIGHBOUR_SOLICITATION = (byte) 135;
  private static final byte NEIGHBOUR_ADVERTISEMENT = (byte) 136;

  /** A frame and its memory, which is used again for another one. */
  static final class Frame {
    final MemorySegment bytes;
    private int length;
    private long due;
    private long number;

    private Frame(MemorySegment bytes) {
      this.bytes = bytes;
    }

    int length() {
      return length;
    }

    /** ARP, or its IPv6 counterpart (RFC 4861). */
    private boolean asksForNeighbours() {
      return switch (bytes.get(NETWORK_SHORT, ETHERTYPE)) {
        case ARP -> true;
        case IPV6 -> {
          byte type = bytes.get(JAVA_BYTE, ICMPV6_TYPE);
          yield bytes.get(JAVA_BYTE, NEXT_HEADER) == ICMPV6
              && (type == NEIGHBOUR_SOLICITATION || type == NEIGHBOUR_ADVERTISEMENT);
        }
        default -> false;
      };
    }
  }

  private static final Comparator<Frame> BY_TIME =
      (one, other) -> {
        // As nanoTime's doc has it: the difference counts, for the number may run over.
        long difference = one.due - other.due;
        return Long.signum(difference == 0 ? one.number - other.number : difference);
      };

  private final Arena arena;
  private final RandomGenerator random;
  private final PriorityQueue<Frame> underWay = new PriorityQueue<>(BY_TIME);
  private final ArrayDeque<Frame> free = new ArrayDeque<>();
  private volatile Delay delay = Delay.NONE;
  private volatile boolean twice;
  private long sent;
  private long lastDue;
  private boolean hasSent;

  Lane(Arena arena, RandomGenerator random) {
    this.arena = arena;
    this.random = random;
  }

  /** For the frames that set off from now on. */
  void delay(Delay other) {
    delay = other;
  }

  /**
   * Whether the frames that set off from now on arrive twice, each time after a time of its own.
   */
  void duplicate(boolean wanted) {
    twice = wanted;
  }

  /** A frame to be filled, and then to be sent or given back. */
  Frame empty() {
    Frame frame = free.poll();
    return frame == null ? new Frame(arena.allocate(FRAME_SIZE)) : frame;
  }

  void send(Frame frame, int length, long now) {
    if (twice && !frame.asksForNeighbours()) {
      Frame copy = empty();
      MemorySegment.copy(frame.bytes, 0, copy.bytes, 0, length);
      sendOnce(copy, length, now);
    }
    sendOnce(frame, length, now);
  }

  private void sendOnce(Frame frame, int length, long now) {
    if (underWay.size() == CAPACITY) {
      giveBack(frame);
      return;
    }
    frame.length = length;
    frame.due = frame.asksForNeighbours() ? now : due(now);
    frame.number = sent++;
    underWay.add(frame);
  }

  private long due(long now) {
    Delay current = delay;
    long due = now + current.draw(random);
    if (!current.overtaking() && hasSent && due - lastDue < 0) {
      due = lastDue;
    }
    hasSent = true;
    lastDue = due;
    return due;
  }

  /** The next frame whose time has come, to be given back; null when there is none yet. */
  @Nullable Frame arrived(long now) {
    Frame first = underWay.peek();
    return first != null && first.due - now <= 0 ? underWay.poll() : null;
  }

  void giveBack(Frame frame) {
    free.add(frame);
  }

  /**
   * In how many nanoseconds the next frame arrives, 0 when it should have; or that many at most.
   */
  long timeToNext(long now, long atMost) {
    Frame first = underWay.peek();
    return first == null ? atMost : Math.clamp(first.due - now, 0, atMost);
  }
}
