package io.culvert.lab.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What the kernel has given a process of this machine, in bytes. */
public final class ResidentMemory {
  private ResidentMemory() {}

  /** That of a process; 0 when there is none of that number here. */
  public static long of(long pid) throws IOException {
    return pid == 0 ? 0 : read(Path.of("/proc", Long.toString(pid), "status"));
  }

  /** That of this one; 0 where the system does not say. */
  public static long ofThisProcess() throws IOException {
    return read(Path.of("/proc/self/status"));
  }

  private static long read(Path status) throws IOException {
    try {
      return in(Files.readAllLines(status));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** The line {@code VmRSS: 123456 kB} of proc(5). */
  static long in(List<String> status) {
    return status.stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        << 10;
  }
}
