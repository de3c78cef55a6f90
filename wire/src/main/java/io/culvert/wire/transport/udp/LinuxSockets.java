package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;

/** Opens UDP sockets and sets their options. */
final class LinuxSockets {
  static final int SOL_UDP = 17;
  static final int UDP_SEGMENT = 103;
  static final int UDP_GRO = 104;
  static final int SOL_IP = 0;
  static final int IP_RECVERR = 11;
  static final int SOL_IPV6 = 41;
  static final int IPV6_RECVERR = 25;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;

  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_REUSEPORT = 15;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_MEMINFO = 55;
  private static final int SK_MEMINFO_DROPS = 8;
  private static final int SK_MEMINFO_VARS = 9;
  private static final int IP_TTL = 2;
  private static final int DEFAULT_TTL = -1;
  private static final int IP_MTU_DISCOVER = 10;
  private static final int IPV6_MTU_DISCOVER = 23;
  private static final int IPV6_V6ONLY = 26;
  private static final int PMTUDISC_DONT = 0;
  private static final int PMTUDISC_DO = 2;
  private static final int PMTUDISC_OMIT = 5;

  private final LinuxCalls calls;
  private final MemorySegment number;
  private final MemorySegment length;
  private final MemorySegment name;
  private final MemorySegment memoryInfo;
  private boolean mayExceedLimits = true;

  LinuxSockets(LinuxCalls calls, Arena arena) {
    this.calls = calls;
    number = arena.allocate(JAVA_INT);
    length = arena.allocate(JAVA_INT);
    name = arena.allocate(NativeAddress.SIZE, Long.BYTES);
    memoryInfo = arena.allocate(JAVA_INT, SK_MEMINFO_VARS);
  }

  /**
   * A socket that does not block, bound to the address.
   *
   * @throws BindException if it cannot be bound
   * @throws SocketException if there is none, or an option is not possible
   */
  int open(InetSocketAddress address, DatagramOptions options) throws SocketException {
    Endpoint endpoint = Endpoint.of(address);
    int fd =
        calls.socket(
            endpoint.isIpv4() ? NativeAddress.AF_INET : NativeAddress.AF_INET6,
            SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      throw new SocketException(sentence("socket()", fd));
    }
    try {
      configure(fd, endpoint.isIpv4(), options);
      NativeAddress.write(name, 0, endpoint);
      int bound = calls.bind(fd, name, NativeAddress.length(endpoint.isIpv4()));
      if (bound < 0) {
        throw new BindException(sentence("bind(" + endpoint + ")", bound));
      }
      return fd;
    } catch (SocketException e) {
      calls.close(fd);
      throw e;
    }
  }

  private void configure(int fd, boolean ipv4, DatagramOptions options) throws SocketException {
    if (!ipv4) {
      set(fd, SOL_IPV6, IPV6_V6ONLY, 1);
    }
    if (options.reusePort()) {
      set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    }
    if (options.receiveBuffer() > 0) {
      setBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options.receiveBuffer());
    }
    if (options.sendBuffer() > 0) {
      setBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options.sendBuffer());
    }
    if (options.reportErrors()) {
      set(fd, ipv4 ? SOL_IP : SOL_IPV6, ipv4 ? IP_RECVERR : IPV6_RECVERR, 1);
    }
    setDontFragment(fd, ipv4, false);
  }

  /** Only who administers the network may go beyond the limit of the system. */
  private void setBuffer(int fd, int force, int ask, int bytes) throws SocketException {
    if (mayExceedLimits) {
      int forced = trySet(fd, SOL_SOCKET, force, bytes);
      if (forced == 0) {
        return;
      }
      mayExceedLimits = forced != -LinuxCalls.EPERM;
    }
    set(fd, SOL_SOCKET, ask, bytes);
  }

  /**
   * Without it, IPv4 lets routers do it and does not believe ICMP about it, which anybody can
   * forge; with IPv6 it is for the sender to do, so it must.
   */
  void setDontFragment(int fd, boolean ipv4, boolean dontFragment) throws SocketException {
    if (ipv4) {
      set(fd, SOL_IP, IP_MTU_DISCOVER, dontFragment ? PMTUDISC_DO : PMTUDISC_OMIT);
    } else {
      set(fd, SOL_IPV6, IPV6_MTU_DISCOVER, dontFragment ? PMTUDISC_DO : PMTUDISC_DONT);
    }
  }

  /** After how many routers IPv4 is dropped; 0 is the default. */
  void setHopLimit(int fd, int routers) throws SocketException {
    set(fd, SOL_IP, IP_TTL, routers == 0 ? DEFAULT_TTL : routers);
  }

  /**
   * Has datagrams of one size and sender come in together.
   *
   * @return whether this kernel can do that (5.0 and newer can, and all that can also split)
   */
  boolean joinReceived(int fd) {
    return trySet(fd, SOL_UDP, UDP_GRO, 1) == 0;
  }

  /** Where it is bound. */
  Endpoint localAddress(int fd) throws SocketException {
    length.set(JAVA_INT, 0, NativeAddress.SIZE);
    check("getsockname()", calls.getsockname(fd, name, length));
    return NativeAddress.read(name, 0);
  }

  /** How many datagrams did not fit into its receive buffer. */
  long dropped(int fd) throws SocketException {
    length.set(JAVA_INT, 0, (int) memoryInfo.byteSize());
    check("SO_MEMINFO", calls.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memoryInfo, length));
    return Integer.toUnsignedLong(memoryInfo.getAtIndex(JAVA_INT, SK_MEMINFO_DROPS));
  }

  private void set(int fd, int level, int option, int value) throws SocketException {
    int result = trySet(fd, level, option, value);
    if (result < 0) {
      throw new SocketException(sentence("setsockopt(" + level + ", " + option + ")", result));
    }
  }

  private int trySet(int fd, int level, int option, int value) {
    number.set(JAVA_INT, 0, value);
    return calls.setsockopt(fd, level, option, number);
  }

  private void check(String call, int result) throws SocketException {
    if (result < 0) {
      throw new SocketException(sentence(call, result));
    }
  }

  private String sentence(String call, int result) {
    return call + " failed with error(" + result + "): " + calls.describe(-result);
  }
}
