package io.culvert.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files one process may have open. */
public final class Descriptors {
  private static final int FOR_OTHERS = 200;

  private Descriptors() {}

  /** Skips the test where this process may not have so many sockets. */
  public static void assumeEnoughFor(int sockets) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      long wanted = unix.getOpenFileDescriptorCount() + sockets + FOR_OTHERS;
      long allowed = unix.getMaxFileDescriptorCount();
      assumeTrue(
          allowed >= wanted,
          "%d clients need %d open files in one process, and this machine allows %d: ulimit -n"
              .formatted(sockets, wanted, allowed));
    }
  }
}
