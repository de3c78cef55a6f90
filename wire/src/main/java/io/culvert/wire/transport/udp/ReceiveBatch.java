package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where a loop's datagrams come in: slots of 64 KB, for datagrams of one sender may come joined
 * into one message (UDP_GRO).
 */
final class ReceiveBatch {
  /** How many messages come in at a time. */
  static final int MESSAGES = 64;

  private static final int SLOT_SIZE = 0x1_0000;

  private static final int STRIDE = DatagramPort.HEADROOM + SLOT_SIZE;

  private final LinuxCalls calls;
  private final MessageHeaders headers;
  private final MemorySegment data;
  private final ByteBuf buffer;
  private int used;

  ReceiveBatch(LinuxCalls calls, Arena arena) {
    this.calls = calls;
    headers = new MessageHeaders(arena, MESSAGES, 64);
    data = arena.allocate((long) MESSAGES * STRIDE, 64);
    buffer = Unpooled.wrappedBuffer(data.asByteBuffer());
    MemorySegment iovecs = arena.allocate((long) MESSAGES * MessageHeaders.IOVEC_SIZE, 64);
    for (int i = 0; i < MESSAGES; i++) {
      long at = (long) i * MessageHeaders.IOVEC_SIZE;
      iovecs.set(JAVA_LONG, at, data.address() + index(i));
      iovecs.set(JAVA_LONG, at + Long.BYTES, SLOT_SIZE - 1);
      headers.setIovecs(i, iovecs.address() + at, 1);
    }
    used = MESSAGES;
  }

  /** The memory of all slots. */
  MemorySegment data() {
    return data;
  }

  /** The same memory. */
  ByteBuf buffer() {
    return buffer;
  }

  /** Receives what there is, up to {@link #MESSAGES}; how many messages there were. */
  int receive(int fd) {
    for (int i = 0; i < used; i++) {
      headers.makeRoom(i);
    }
    used = Math.max(0, calls.recvmmsg(fd, headers.address(0), MESSAGES));
    return used;
  }

  /** Where that message begins in the buffer. */
  static int index(int message) {
    return message * STRIDE + DatagramPort.HEADROOM;
  }

  int length(int message) {
    return headers.received(message);
  }

  /** How long its datagrams are; the last one may be shorter. */
  int segmentLength(int message) {
    long at = headers.control(message, LinuxSockets.SOL_UDP, LinuxSockets.UDP_GRO);
    return at < 0 ? length(message) : headers.controls().get(JAVA_INT, at);
  }

  long high(int message) {
    return NativeAddress.high(headers.names(), MessageHeaders.nameAt(message));
  }

  long low(int message) {
    return NativeAddress.low(headers.names(), MessageHeaders.nameAt(message));
  }

  int port(int message) {
    return NativeAddress.port(headers.names(), MessageHeaders.nameAt(message));
  }
}
