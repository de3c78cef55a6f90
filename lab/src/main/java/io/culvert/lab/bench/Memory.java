package io.culvert.lab.bench;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of a process, in bytes.
 *
 * @param heap what is alive after a garbage collection
 * @param direct buffers outside of the heap
 * @param resident what the kernel has given the process, garbage included; 0 where it does not say
 */
public record Memory(long heap, long direct, long resident) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Heap and buffers. */
  public long used() {
    return heap + direct;
  }

  /** What this process uses now. */
  static Memory ofThisProcess() throws IOException {
    System.gc();
    System.gc(); // what the first has found to be dead, cleaners may have let go of only then
    return new Memory(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        directMemory(),
        residentMemory());
  }

  Memory minus(Memory other) {
    return new Memory(heap - other.heap, direct - other.direct, resident - other.resident);
  }

  Memory dividedBy(int parts) {
    return new Memory(heap / parts, direct / parts, resident / parts);
  }

  /** What Netty has taken by itself, and what it has taken from Java. */
  private static long directMemory() {
    return Math.max(0, PlatformDependent.usedDirectMemory())
        + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
  }

  /** The line {@code VmRSS: 123456 kB} of proc(5). */
  private static long residentMemory() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        << 10;
  }
}
