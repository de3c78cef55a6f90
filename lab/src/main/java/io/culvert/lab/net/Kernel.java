package io.culvert.lab.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The system calls for network namespaces, as in namespaces(7), and for TAP devices, as in the
 * kernel's networking/tuntap. {@code unshare} and {@code setns} act on the calling thread, which
 * must be a platform thread that nobody uses afterwards.
 */
@SuppressWarnings("restricted")
final class Kernel {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int O_RDWR_NONBLOCK = 0x802;
  private static final int EFD_CLOEXEC = O_CLOEXEC;

  private static final String TUN = "/dev/net/tun";
  private static final long TUNSETIFF = 0x4004_54caL;
  private static final short IFF_TAP_NO_PI = 0x1002;
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_SIZE = 40;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle UNSHARE = call("unshare", JAVA_INT);
  private static final MethodHandle SETNS = call("setns", JAVA_INT, JAVA_INT);
  private static final MethodHandle OPEN = call("open", ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = call("close", JAVA_INT);
  private static final MethodHandle EVENTFD = call("eventfd", JAVA_INT, JAVA_INT);
  private static final MethodHandle IOCTL =
      handle(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(2));

  // Those for each frame do without the error number.
  private static final FunctionDescriptor BYTES =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle READ = handle("read", BYTES);
  private static final MethodHandle WRITE = handle("write", BYTES);
  private static final MethodHandle PPOLL =
      handle("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

  private Kernel() {}

  /** Gives the calling thread a new, empty network namespace. */
  static void unshareNetwork() {
    invoke("unshare(CLONE_NEWNET)", errno -> (int) UNSHARE.invokeExact(errno, CLONE_NEWNET));
  }

  /** Moves the calling thread into the network namespace behind the descriptor. */
  static void enterNetwork(int descriptor) {
    invoke(
        "setns(CLONE_NEWNET)", errno -> (int) SETNS.invokeExact(errno, descriptor, CLONE_NEWNET));
  }

  /** Opens the calling thread's network namespace: it lives at least as long as the descriptor. */
  static int openNetwork() {
    return open("/proc/thread-self/ns/net", O_CLOEXEC);
  }

  /**
   * Makes a TAP device in the calling thread's network namespace. Reads and writes of the
   * descriptor do not wait; the device is gone when it is closed.
   */
  static int openTap(String name) {
    if (!Files.isWritable(Path.of(TUN))) {
      throw new LabException(
          "Delays need "
              + TUN
              + ", which this process cannot open: load the module tun (modprobe tun), and give a"
              + " container that device.");
    }
    int descriptor = open(TUN, O_RDWR_NONBLOCK | O_CLOEXEC);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ_SIZE);
      request.setString(0, name);
      request.set(JAVA_SHORT, IFNAMSIZ, IFF_TAP_NO_PI);
      invoke(
          "ioctl(TUNSETIFF, " + name + ")",
          errno -> (int) IOCTL.invokeExact(errno, descriptor, TUNSETIFF, request));
      return descriptor;
    } catch (LabException e) {
      close(descriptor);
      throw e;
    }
  }

  /** A descriptor that becomes readable when 8 bytes, a number from 1 on, are written to it. */
  static int openEvent() {
    return invoke("eventfd", errno -> (int) EVENTFD.invokeExact(errno, 0, EFD_CLOEXEC));
  }

  /** How many bytes have been read; less than 1 when there is nothing to be read. */
  static int read(int descriptor, MemorySegment into) {
    try {
      return (int) (long) READ.invokeExact(descriptor, into, into.byteSize());
    } catch (Throwable e) {
      throw new AssertionError("A native call does not throw.", e);
    }
  }

  /** Whether all these bytes were taken. */
  static boolean write(int descriptor, MemorySegment from, long length) {
    try {
      return (long) WRITE.invokeExact(descriptor, from, length) == length;
    } catch (Throwable e) {
      throw new AssertionError("A native call does not throw.", e);
    }
  }

  /**
   * Waits until one of the {@code struct pollfd} has something to say, or the {@code struct
   * timespec} is over; how many have. Less than 0, and nothing new in them, after an interruption.
   */
  static int poll(MemorySegment descriptors, long count, MemorySegment timeout) {
    try {
      return (int) PPOLL.invokeExact(descriptors, count, timeout, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new AssertionError("A native call does not throw.", e);
    }
  }

  private static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return invoke("open(" + path + ")", errno -> (int) OPEN.invokeExact(errno, name, flags));
    }
  }

  static void close(int descriptor) {
    invoke("close", errno -> (int) CLOSE.invokeExact(errno, descriptor));
  }

  private interface Call {
    int invoke(MemorySegment errno) throws Throwable;
  }

  private static int invoke(String what, Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(ERRNO);
      int result = result(what, call, errno);
      if (result < 0) {
        throw new LabException(
            "The system call " + what + " failed: errno " + (int) ERRNO_VALUE.get(errno, 0L) + ".");
      }
      return result;
    }
  }

  private static int result(String what, Call call, MemorySegment errno) {
    try {
      return call.invoke(errno);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LabException("The system call " + what + " could not be made.", e);
    }
  }

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return handle(
        name, FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle handle(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, options);
  }
}
