package io.culvert.server.metrics;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the process and its machine can say. */
public final class ProcessFigures {
  private ProcessFigures() {}

  /** Adds the services {@code memory} and, where Linux counts them, {@code kernel}. */
  public static void addTo(Figures figures) {
    figures
        .service("memory")
        .gauge(
            "heap-bytes",
            "What objects take of Java's heap, garbage included.",
            () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed())
        .gauge("direct-bytes", "Buffers outside of the heap.", ProcessFigures::directMemory);
    kernelDrops(Path.of("/proc/net"), figures);
  }

  /**
   * Netty's figure leaves out what it has taken from Java, and is -1 where all of it is that.
   *
   * @return bytes
   */
  private static long directMemory() {
    return Math.max(0, PlatformDependent.usedDirectMemory())
        + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
  }

  /**
   * The kernel counts them for all sockets of the machine, or the network namespace, together.
   *
   * @param proc where {@code snmp} and {@code snmp6} are
   */
  static void kernelDrops(Path proc, Figures figures) {
    if (Files.isReadable(proc.resolve("snmp"))) {
      figures
          .service("kernel")
          .total(
              "udp-receive-drops",
              "Datagrams lost, of all programs, because a socket's receive buffer was full.",
              () -> udpErrors(proc, "RcvbufErrors"))
          .total(
              "udp-send-drops",
              "Datagrams lost, of all programs, because a socket's send buffer was full.",
              () -> udpErrors(proc, "SndbufErrors"));
    }
  }

  /** IPv4 in two lines, names and numbers; IPv6, where there is any, a line a number. */
  private static long udpErrors(Path proc, String which) {
    try {
      List<List<String>> udp = new ArrayList<>();
      for (String line : Files.readAllLines(proc.resolve("snmp"))) {
        if (line.startsWith("Udp: ")) {
          udp.add(List.of(line.split(" ")));
        }
      }
      long errors = Long.parseLong(udp.getLast().get(udp.getFirst().indexOf(which)));
      if (Files.isReadable(proc.resolve("snmp6"))) {
        for (String line : Files.readAllLines(proc.resolve("snmp6"))) {
          if (line.startsWith("Udp6" + which)) {
            errors += Long.parseLong(line.substring(line.lastIndexOf('\t') + 1).strip());
          }
        }
      }
      return errors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
