package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of {@code struct mmsghdr} as 64-bit Linux has it, each with an address and room for a
 * control message of its own.
 *
 * <pre>
 * mmsghdr  0 name | 8 its length | 16 iovec | 24 their count | 32 control | 40 its length | 48 flags
 *          56 bytes received or sent
 * iovec    0 base | 8 length
 * cmsghdr  0 length with this header | 8 level | 12 type | 16 data
 * </pre>
 */
final class MessageHeaders {
  /** Of one, in bytes. */
  static final int SIZE = 64;

  static final int IOVEC_SIZE = 16;

  private static final int CONTROL_HEADER_SIZE = 16;

  final MemorySegment memory;
  private final MemorySegment names;
  private final MemorySegment controls;
  private final int controlSize;

  /**
   * All empty, with their addresses and control memory linked.
   *
   * @param controlSize bytes of control messages for each, a multiple of 8
   */
  MessageHeaders(Arena arena, int count, int controlSize) {
    this.controlSize = controlSize;
    memory = arena.allocate((long) count * SIZE, SIZE);
    names = arena.allocate((long) count * NativeAddress.SIZE, SIZE);
    controls = arena.allocate((long) count * controlSize, SIZE);
    for (int i = 0; i < count; i++) {
      memory.set(JAVA_LONG, at(i), names.address() + (long) i * NativeAddress.SIZE);
      memory.set(JAVA_LONG, at(i) + 32, controls.address() + (long) i * controlSize);
    }
  }

  private static long at(int message) {
    return (long) message * SIZE;
  }

  /** Where that one and those behind it are. */
  long address(int message) {
    return memory.address() + at(message);
  }

  void setIovecs(int message, long address, int count) {
    memory.set(JAVA_LONG, at(message) + 16, address);
    memory.set(JAVA_LONG, at(message) + 24, count);
  }

  /** The kernel may write whole addresses and control messages there. */
  void makeRoom(int message) {
    memory.set(JAVA_INT, at(message) + 8, NativeAddress.SIZE);
    memory.set(JAVA_LONG, at(message) + 40, controlSize);
  }

  /** How many bytes came in. */
  int received(int message) {
    return memory.get(JAVA_INT, at(message) + 56);
  }

  MemorySegment names() {
    return names;
  }

  static long nameAt(int message) {
    return (long) message * NativeAddress.SIZE;
  }

  void setName(int message, Endpoint to) {
    NativeAddress.write(names, nameAt(message), to);
    memory.set(JAVA_INT, at(message) + 8, NativeAddress.length(to.isIpv4()));
  }

  void setNoControl(int message) {
    memory.set(JAVA_LONG, at(message) + 40, 0L);
  }

  /** A control message of one 16-bit number. */
  void setControl(int message, int level, int type, short value) {
    long at = (long) message * controlSize;
    controls.set(JAVA_LONG, at, CONTROL_HEADER_SIZE + Short.BYTES);
    controls.set(JAVA_INT, at + 8, level);
    controls.set(JAVA_INT, at + 12, type);
    controls.set(JAVA_SHORT, at + CONTROL_HEADER_SIZE, value);
    memory.set(JAVA_LONG, at(message) + 40, CONTROL_HEADER_SIZE + Long.BYTES);
  }

  /** Where the data of the first control message of that kind begins, or -1. */
  long control(int message, int level, int type) {
    long at = (long) message * controlSize;
    long end = at + memory.get(JAVA_LONG, at(message) + 40);
    while (at + CONTROL_HEADER_SIZE <= end) {
      if (controls.get(JAVA_INT, at + 8) == level && controls.get(JAVA_INT, at + 12) == type) {
        return at + CONTROL_HEADER_SIZE;
      }
      at += (controls.get(JAVA_LONG, at) + Long.BYTES - 1) & -Long.BYTES;
    }
    return -1;
  }

  MemorySegment controls() {
    return controls;
  }
}
