package io.culvert.lab.bench;

import io.culvert.lab.load.ResidentMemory;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * Memory of a process, in bytes.
 *
 * @param heap what is alive after a garbage collection
 * @param direct buffers outside of the heap
 * @param resident what the kernel has given the process, garbage included; 0 where it does not say
 */
public record Memory(long heap, long direct, long resident) {
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
        ResidentMemory.ofThisProcess());
  }

  /** What the kernel has given another process; 0 when that is 0. */
  static Memory residentOf(long pid) throws IOException {
    return new Memory(0, 0, ResidentMemory.of(pid));
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
}
