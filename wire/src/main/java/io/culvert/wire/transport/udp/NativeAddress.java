package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The socket addresses of Linux.
 *
 * <pre>
 * sockaddr_in   0 family | 2 port | 4 address | 8 (8 bytes unused)
 * sockaddr_in6  0 family | 2 port | 4 flow    | 8 address (16 bytes) | 24 scope
 * </pre>
 */
final class NativeAddress {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  /** Room for either, in memory that is aligned to 8 bytes. */
  static final int SIZE = 32;

  private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt IPV4 = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong IPV6_HALF = JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

  private NativeAddress() {}

  /** How long an address of that family is. */
  static int length(boolean ipv4) {
    return ipv4 ? 16 : 28;
  }

  static void write(MemorySegment memory, long at, Endpoint endpoint) {
    memory.set(PORT, at + 2, (short) endpoint.port());
    if (endpoint.isIpv4()) {
      memory.set(JAVA_SHORT, at, (short) AF_INET);
      memory.set(IPV4, at + 4, (int) endpoint.low());
    } else {
      memory.set(JAVA_SHORT, at, (short) AF_INET6);
      memory.set(JAVA_INT, at + 4, 0);
      memory.set(IPV6_HALF, at + 8, endpoint.high());
      memory.set(IPV6_HALF, at + 16, endpoint.low());
      memory.set(JAVA_INT, at + 24, 0);
    }
  }

  static Endpoint read(MemorySegment memory, long at) {
    return new Endpoint(high(memory, at), low(memory, at), port(memory, at));
  }

  static long high(MemorySegment memory, long at) {
    return isIpv4(memory, at) ? 0 : memory.get(IPV6_HALF, at + 8);
  }

  static long low(MemorySegment memory, long at) {
    return isIpv4(memory, at)
        ? Endpoint.low(memory.get(IPV4, at + 4))
        : memory.get(IPV6_HALF, at + 16);
  }

  static int port(MemorySegment memory, long at) {
    return Short.toUnsignedInt(memory.get(PORT, at + 2));
  }

  private static boolean isIpv4(MemorySegment memory, long at) {
    return memory.get(JAVA_SHORT, at) == AF_INET;
  }
}
