package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;

/**
 * What ICMP says about datagrams that have been sent; the kernel queues it beside what comes in.
 *
 * <pre>
 * sock_extended_err  0 errno | 4 origin | 5 type | 6 code | 7 (unused) | 8 info | 12 data
 * </pre>
 */
final class ErrorQueue {
  /** So many at a time; the event loop comes again while there are more. */
  private static final int BATCH = 16;

  private static final int ORIGIN_ICMP = 2;
  private static final int ORIGIN_ICMP6 = 3;

  private final LinuxCalls calls;
  private final MessageHeaders header;

  ErrorQueue(LinuxCalls calls, Arena arena) {
    this.calls = calls;
    // An error with the address of who reported it takes 64 bytes; some room for what kernels add.
    header = new MessageHeaders(arena, 1, 256);
  }

  /** Takes what the queue of that port holds. */
  void drain(EpollPort port) {
    for (int i = 0; i < BATCH && port.isOpen(); i++) {
      header.makeRoom(0);
      if (!calls.recvmsgFromErrorQueue(port.descriptor(), header.address(0))) {
        return;
      }
      report(port);
    }
  }

  private void report(EpollPort port) {
    long at =
        port.localAddress().isIpv4()
            ? header.control(0, LinuxSockets.SOL_IP, LinuxSockets.IP_RECVERR)
            : header.control(0, LinuxSockets.SOL_IPV6, LinuxSockets.IPV6_RECVERR);
    if (at < 0) {
      return;
    }
    byte origin = header.controls().get(JAVA_BYTE, at + 4);
    if (origin == ORIGIN_ICMP || origin == ORIGIN_ICMP6) {
      int errno = header.controls().get(JAVA_INT, at);
      int type = Byte.toUnsignedInt(header.controls().get(JAVA_BYTE, at + 5));
      int code = Byte.toUnsignedInt(header.controls().get(JAVA_BYTE, at + 6));
      int mtu = errno == LinuxCalls.EMSGSIZE ? header.controls().get(JAVA_INT, at + 8) : 0;
      port.unreachable(NativeAddress.read(header.names(), 0), type, code, mtu);
    }
  }
}
