package io.culvert.lab.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls for network namespaces, as in namespaces(7). {@code unshare} and {@code setns}
 * act on the calling thread, which must be a platform thread that nobody uses afterwards.
 */
@SuppressWarnings("restricted")
final class Kernel {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int O_RDONLY_CLOEXEC = 0x8_0000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle UNSHARE = call("unshare", JAVA_INT);
  private static final MethodHandle SETNS = call("setns", JAVA_INT, JAVA_INT);
  private static final MethodHandle OPEN = call("open", ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = call("close", JAVA_INT);

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
    String path = "/proc/thread-self/ns/net";
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return invoke(
          "open(" + path + ")", errno -> (int) OPEN.invokeExact(errno, name, O_RDONLY_CLOEXEC));
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
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_INT, arguments),
        Linker.Option.captureCallState("errno"));
  }
}
