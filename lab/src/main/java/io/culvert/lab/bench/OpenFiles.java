package io.culvert.lab.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files, and so sockets, a process may have open. */
final class OpenFiles {
  /** What a JVM has open besides. */
  private static final int OTHERS = 200;

  private OpenFiles() {}

  /**
   * Requires that this process, and those that it starts, may have so many sockets.
   *
   * @param whose what they are for, for the error's sentence
   * @throws BenchException when they may not
   */
  static void require(int sockets, String whose) throws BenchException {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      long wanted = OTHERS + (long) sockets;
      long allowed = unix.getMaxFileDescriptorCount();
      if (allowed < wanted) {
        throw new BenchException(
            ("%d %s need %d open files in one process, and here it may have %d: raise the limit"
                    + " with ulimit -n, or try fewer.")
                .formatted(sockets, whose, wanted, allowed));
      }
    }
  }
}
