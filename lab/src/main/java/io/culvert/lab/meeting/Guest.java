package io.culvert.lab.meeting;

import io.culvert.client.peer.Peer;
import io.culvert.lab.net.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Somebody who is online, and the machine for that. */
public record Guest(Host host, Peer peer) {
  private static final Pattern SPACES = Pattern.compile(" +");

  /** Eight of what was received, and the bytes sent. */
  private static final int NUMBERS_BEFORE_SENT_PACKETS = 9;

  /** How many packets the machine has sent so far, of whatever kind, on all of its interfaces. */
  public long packetsSent() throws Exception {
    return host.run(() ->
        Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
            .map(String::strip)
            .filter(line -> line.startsWith("eth"))
            .mapToLong(Guest::sentPackets)
            .sum());
  }

  /** Of {@code eth0: 1234 5 0 …}. */
  private static long sentPackets(String line) {
    return SPACES
        .splitAsStream(line.substring(line.indexOf(':') + 1).strip())
        .skip(NUMBERS_BEFORE_SENT_PACKETS)
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }
}
