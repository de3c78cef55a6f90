package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a loop's ports are going to send. The bytes are copied here, one datagram behind the other,
 * and those of each port form a chain. When they leave, a port's datagrams of one size to one
 * receiver leave as one message that the kernel splits (UDP_SEGMENT), and all messages of a port
 * with one system call.
 */
final class SendBatch {
  /** How many datagrams there is room for; Linux takes at most 1024 parts with one call. */
  static final int DATAGRAMS = 512;

  private static final int BYTES = 0x4_0000;

  /** What fits into an IPv4 packet beside its header and that of UDP. */
  static final int MAX_MESSAGE = 65_507;

  /** UDP_MAX_SEGMENTS of older kernels; newer ones allow 128. */
  private static final int MAX_SEGMENTS = 64;

  /** Behind the last one of a chain. */
  static final int NONE = -1;

  private final LinuxCalls calls;
  private final ReceiveBatch received;
  private final MemorySegment data;
  private final ByteBuffer dataBuffer;
  private final MessageHeaders headers;
  private final MemorySegment iovecs;
  private final MemorySegment name;

  private final @Nullable Endpoint[] to = new Endpoint[DATAGRAMS];
  private final int[] offset = new int[DATAGRAMS];
  private final int[] length = new int[DATAGRAMS];
  private final int[] next = new int[DATAGRAMS];
  private int size;
  private long added;
  private int bytes;

  private final @Nullable EpollPort[] waiting = new EpollPort[DATAGRAMS];
  private int waitingCount;

  // The messages of the port that is being flushed.
  private final int[] first = new int[DATAGRAMS];
  private final int[] segments = new int[DATAGRAMS];
  private int parts;

  SendBatch(LinuxCalls calls, ReceiveBatch received, Arena arena) {
    this.calls = calls;
    this.received = received;
    data = arena.allocate(BYTES, 64);
    dataBuffer = data.asByteBuffer();
    headers = new MessageHeaders(arena, DATAGRAMS, 24);
    iovecs = arena.allocate((long) DATAGRAMS * MessageHeaders.IOVEC_SIZE, 64);
    name = arena.allocate(NativeAddress.SIZE, Long.BYTES);
  }

  /** How many datagrams have been added so far. */
  long added() {
    return added;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * Copies a datagram, which is at most 65 507 bytes long and for an address of the port's family.
   */
  @SuppressWarnings("ReferenceEquality") // the memory is meant
  void add(EpollPort port, ByteBuf source, int index, int itsLength, Endpoint receiver) {
    if (size == DATAGRAMS || bytes + itsLength > BYTES) {
      flush();
    }
    if (source == received.buffer()) {
      MemorySegment.copy(received.data(), index, data, bytes, itsLength);
    } else {
      source.getBytes(index, dataBuffer.limit(bytes + itsLength).position(bytes));
    }
    added++;
    int last = size++;
    to[last] = receiver;
    offset[last] = bytes;
    length[last] = itsLength;
    next[last] = NONE;
    bytes += itsLength;
    if (port.lastWaiting == NONE) {
      waiting[waitingCount++] = port;
      port.firstWaiting = last;
    } else {
      next[port.lastWaiting] = last;
    }
    port.lastWaiting = last;
  }

  /** Sends everything. */
  void flush() {
    for (int i = 0; i < waitingCount; i++) {
      EpollPort port = waiting[i];
      waiting[i] = null;
      if (port != null) {
        if (port.isOpen()) {
          send(port);
        }
        port.firstWaiting = NONE;
        port.lastWaiting = NONE;
      }
    }
    waitingCount = 0;
    size = 0;
    bytes = 0;
  }

  private void send(EpollPort port) {
    if (next[port.firstWaiting] == NONE) {
      sendAlone(port, port.firstWaiting);
      return;
    }
    int messages = 0;
    parts = 0;
    for (int datagram = port.firstWaiting; datagram != NONE; ) {
      datagram = join(port, datagram, messages++);
    }
    int sent = 0;
    while (sent < messages) {
      int result = transmit(port, sent, messages - sent);
      if (result > 0) {
        sent += result;
      } else if (result == -LinuxCalls.EAGAIN) {
        for (; sent < messages; sent++) {
          port.countUnsent(segments[sent]);
        }
      } else {
        refused(port, sent++, -result);
      }
    }
  }

  /**
   * Makes a message of a datagram and those that can leave with it; returns the one behind them.
   */
  private int join(EpollPort port, int start, int message) {
    int segment = length[start];
    int total = segment;
    int count = 1;
    int firstPart = parts;
    addPart(offset[start], segment);
    int end = next[start];
    boolean open = segment > 0 && port.joins(segment);
    while (open
        && end != NONE
        && count < MAX_SEGMENTS
        && length[end] > 0
        && length[end] <= segment
        && total + length[end] <= MAX_MESSAGE
        && Objects.equals(to[start], to[end])) {
      if (offset[end] == offset[start] + total && parts == firstPart + 1) {
        growPart(firstPart, total + length[end]);
      } else {
        addPart(offset[end], length[end]);
      }
      total += length[end];
      count++;
      // Only the last one may be shorter.
      open = length[end] == segment;
      end = next[end];
    }
    first[message] = start;
    segments[message] = count;
    headers.setName(message, receiver(start));
    headers.setIovecs(message, iovecs.address() + partAt(firstPart), parts - firstPart);
    if (count > 1) {
      headers.setControl(message, LinuxSockets.SOL_UDP, LinuxSockets.UDP_SEGMENT, (short) segment);
    } else {
      headers.setNoControl(message);
    }
    return end;
  }

  private Endpoint receiver(int datagram) {
    return Objects.requireNonNull(to[datagram]);
  }

  private static long partAt(int part) {
    return (long) part * MessageHeaders.IOVEC_SIZE;
  }

  private void addPart(int from, int itsLength) {
    iovecs.set(JAVA_LONG, partAt(parts), data.address() + from);
    growPart(parts++, itsLength);
  }

  private void growPart(int part, int itsLength) {
    iovecs.set(JAVA_LONG, partAt(part) + Long.BYTES, itsLength);
  }

  /** Sends messages; how many the kernel has taken, or the negative error number. */
  private int transmit(EpollPort port, int message, int count) {
    if (count > 1) {
      return calls.sendmmsg(port.descriptor(), headers.address(message), count);
    }
    int result = calls.sendmsg(port.descriptor(), headers.address(message));
    return result < 0 ? result : 1;
  }

  private void refused(EpollPort port, int message, int error) {
    int segment = length[first[message]];
    int joinsBelow =
        switch (error) {
          // The network device computes no checksums.
          case LinuxCalls.EIO -> 0;
          // Such segments do not fit through the network device; single datagrams get fragmented.
          case LinuxCalls.EINVAL, LinuxCalls.EMSGSIZE -> segment;
          default -> Integer.MAX_VALUE;
        };
    if (segments[message] == 1 || joinsBelow == Integer.MAX_VALUE) {
      port.countUnsent(segments[message]);
      return;
    }
    port.joinBelow(joinsBelow);
    int datagram = first[message];
    for (int i = 0; i < segments[message]; i++) {
      sendAlone(port, datagram);
      datagram = next[datagram];
    }
  }

  private void sendAlone(EpollPort port, int datagram) {
    Endpoint receiver = receiver(datagram);
    NativeAddress.write(name, 0, receiver);
    int result =
        calls.sendto(
            port.descriptor(),
            data.address() + offset[datagram],
            length[datagram],
            name.address(),
            NativeAddress.length(receiver.isIpv4()));
    if (result < 0) {
      port.countUnsent(1);
    }
  }
}
