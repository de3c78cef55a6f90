package io.culvert.wire.transport.udp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of Linux for UDP sockets. Each returns what the manual says, or else the
 * negative error number. Pointers are passed as numbers, which both 64-bit calling conventions
 * treat alike: so no call has to pin memory. One thread uses an instance at a time.
 */
final class LinuxCalls {
  static final int EPERM = 1;
  static final int EINTR = 4;
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
  private static final MethodHandle RECVMMSG =
      call("recvmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SENDMMSG =
      call("sendmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle RECVMSG = sizedCall("recvmsg", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SENDMSG = sizedCall("sendmsg", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SENDTO =
      sizedCall("sendto", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle STRERROR = handle("strerror", ADDRESS, JAVA_INT);

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

  /** Never waits, as all that follow. */
  int recvmmsg(int fd, long headers, int count) {
    try {
      return result((int) RECVMMSG.invokeExact(errno, fd, headers, count, MSG_DONTWAIT, 0L));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int recvmsgFromErrorQueue(int fd, long header) {
    try {
      return result((long) RECVMSG.invokeExact(errno, fd, header, MSG_DONTWAIT | MSG_ERRQUEUE));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int sendmmsg(int fd, long headers, int count) {
    try {
      return result((int) SENDMMSG.invokeExact(errno, fd, headers, count, MSG_DONTWAIT));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int sendmsg(int fd, long header) {
    try {
      return result((long) SENDMSG.invokeExact(errno, fd, header, MSG_DONTWAIT));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int sendto(int fd, long bytes, int length, long address, int addressLength) {
    try {
      return result(
          (long)
              SENDTO.invokeExact(
                  errno, fd, bytes, (long) length, MSG_DONTWAIT, address, addressLength));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** What the system calls that error. */
  @SuppressWarnings("restricted")
  String describe(int error) {
    try {
      return ((MemorySegment) STRERROR.invokeExact(errno, error)).reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private int result(long returned) {
    return returned >= 0 ? (int) returned : -errno.get(JAVA_INT, 0);
  }

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return handle(name, JAVA_INT, arguments);
  }

  private static MethodHandle sizedCall(String name, MemoryLayout... arguments) {
    return handle(name, JAVA_LONG, arguments);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, ValueLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments), ERRNO);
  }

  private static Error broken(@Nullable Throwable cause) {
    return new AssertionError("a native call does not throw", cause);
  }
}
