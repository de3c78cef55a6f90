package io.culvert.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessFiguresTest {
  private static final String SNMP =
      """
      Ip: Forwarding DefaultTTL
      Ip: 1 64
      Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors
      Udp: 100 2 3 200 30 40 5
      UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors
      UdpLite: 0 0 0 0 7 7 0
      """;

  private static final String SNMP6 =
      """
      Udp6InDatagrams                 \t12
      Udp6RcvbufErrors                \t5
      Udp6SndbufErrors                \t6
      UdpLite6RcvbufErrors            \t7
      """;

  private final Figures figures = new Figures();

  @TempDir private Path proc;

  @Test
  void dropsOfBothFamiliesAreAddedUp() throws Exception {
    Files.writeString(proc.resolve("snmp"), SNMP);
    Files.writeString(proc.resolve("snmp6"), SNMP6);

    ProcessFigures.kernelDrops(proc, figures);

    assertThat(figures.values())
        .containsEntry("kernel", Map.of("udp-receive-drops", 35L, "udp-send-drops", 46L));
  }

  @Test
  void aMachineWithoutIpv6CountsWhatItHas() throws Exception {
    Files.writeString(proc.resolve("snmp"), SNMP);

    ProcessFigures.kernelDrops(proc, figures);

    assertThat(figures.values())
        .containsEntry("kernel", Map.of("udp-receive-drops", 30L, "udp-send-drops", 40L));
  }

  @Test
  void whereTheKernelDoesNotCountThereIsNoFigure() {
    ProcessFigures.kernelDrops(proc, figures);

    assertThat(figures.values()).isEmpty();
  }

  @Test
  void memoryIsThatOfThisProcess() {
    ProcessFigures.addTo(figures);

    assertThat(figures.values().get("memory"))
        .containsOnlyKeys("heap-bytes", "direct-bytes")
        .hasEntrySatisfying("heap-bytes", bytes -> assertThat(bytes).isPositive());
  }
}
