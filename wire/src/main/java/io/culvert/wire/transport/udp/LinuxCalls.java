package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of Linux for UDP sockets. Each returns what the manual says, or else the
 * negative error number. Pointers are passed as numbers, which both 64-bit calling conventions
 * treat alike: so no call has to pin memory. One thread uses an instance at a time.
 */
class LinuxCalls {
  static final int EPERM = 1;
  static final int EIO = 5;
  static final int EAGAIN = 11;
  static final int EINVAL = 22;
  static final int EMSGSIZE = 90;

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_ERRQUEUE = 0x2000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

  private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = call("close", JAVA_INT);
  private static final MethodHandle GETSOCKNAME =
      call("getsockname", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SETSOCKOPT =
      call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle GETSOCKOPT =
      call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor MMSG_RECEIVED =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final FunctionDescriptor MMSG_SENT =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final FunctionDescriptor MSG =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final FunctionDescriptor TO =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);

  // Those for each packet do without the error number: taking it makes an object.
  private static final MethodHandle RECVMMSG = handle("recvmmsg", MMSG_RECEIVED);
  private static final MethodHandle RECVMSG = handle("recvmsg", MSG);
  private static final MethodHandle SENDMMSG = handle("sendmmsg", MMSG_SENT);
  private static final MethodHandle SENDMMSG_AGAIN = handle("sendmmsg", MMSG_SENT, ERRNO);
  private static final MethodHandle SENDMSG = handle("sendmsg", MSG);
  private static final MethodHandle SENDMSG_AGAIN = handle("sendmsg", MSG, ERRNO);
  private static final MethodHandle SENDTO = handle("sendto", TO);
  private static final MethodHandle SENDTO_AGAIN = handle("sendto", TO, ERRNO);
  private static final MethodHandle STRERROR =
      handle("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  // Not to be closed by anybody, so a call need not check whether it is still there.
  private final MemorySegment errno = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());

  int socket(int domain, int type) {
    try {
      return result((int) SOCKET.invokeExact(errno, domain, type, 0));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int bind(int fd, MemorySegment address, int length) {
    try {
      return result((int) BIND.invokeExact(errno, fd, address.address(), length));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int close(int fd) {
    try {
      return result((int) CLOSE.invokeExact(errno, fd));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int getsockname(int fd, MemorySegment address, MemorySegment length) {
    try {
      return result((int) GETSOCKNAME.invokeExact(errno, fd, address.address(), length.address()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int setsockopt(int fd, int level, int option, MemorySegment value) {
    try {
      return result(
          (int)
              SETSOCKOPT.invokeExact(
                  errno, fd, level, option, value.address(), (int) value.byteSize()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
    try {
      return result(
          (int)
              GETSOCKOPT.invokeExact(errno, fd, level, option, value.address(), length.address()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /**
   * How many messages have come in; none is none or less. Never waits, as all that follow. An error
   * is that of a datagram sent earlier and gone when this returns.
   */
  int recvmmsg(int fd, long headers, int count) {
    try {
      return (int) RECVMMSG.invokeExact(fd, headers, count, MSG_DONTWAIT, 0L);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Whether there was something. */
  boolean recvmsgFromErrorQueue(int fd, long header) {
    try {
      return (long) RECVMSG.invokeExact(fd, header, MSG_DONTWAIT | MSG_ERRQUEUE) >= 0;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /**
   * How many messages the kernel has taken. All calls that send are made again when they fail: then
   * the error number is taken, and it is this datagram's and not that of one sent earlier, which
   * Linux reports instead of sending the next one.
   */
  int sendmmsg(int fd, long headers, int count) {
    try {
      int sent = (int) SENDMMSG.invokeExact(fd, headers, count, MSG_DONTWAIT);
      return sent >= 0
          ? sent
          : result((int) SENDMMSG_AGAIN.invokeExact(errno, fd, headers, count, MSG_DONTWAIT));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int sendmsg(int fd, long header) {
    try {
      long sent = (long) SENDMSG.invokeExact(fd, header, MSG_DONTWAIT);
      return sent >= 0
          ? (int) sent
          : result((long) SENDMSG_AGAIN.invokeExact(errno, fd, header, MSG_DONTWAIT));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int sendto(int fd, long bytes, long length, long address, int addressLength) {
    try {
      long sent =
          (long) SENDTO.invokeExact(fd, bytes, length, MSG_DONTWAIT, address, addressLength);
      return sent >= 0
          ? (int) sent
          : result(
              (long)
                  SENDTO_AGAIN.invokeExact(
                      errno, fd, bytes, length, MSG_DONTWAIT, address, addressLength));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** What the system calls that error. */
  @SuppressWarnings("restricted")
  String describe(int error) {
    try {
      return ((MemorySegment) STRERROR.invokeExact(error)).reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private int result(long returned) {
    return returned >= 0 ? (int) returned : -errno.get(JAVA_INT, 0);
  }

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(JAVA_INT, arguments), ERRNO);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, options);
  }

  private static Error broken(@Nullable Throwable cause) {
    return new AssertionError("a native call does not throw", cause);
  }
}
