package io.culvert.server.turn;

import java.time.Duration;

/** The line that says what an allocation has been, once it has ended. */
final class EndReport {
  private static final int MAX_NAME = 64;

  private EndReport() {}

  static String of(Allocation allocation, EndReason why, long nowNanos) {
    return "turn: allocation of %s over %s ended after %d s: %s; to peers %d packets, %d bytes;"
            .formatted(
                readable(allocation.grant().user()),
                allocation.client().transport(),
                Duration.ofNanos(nowNanos - allocation.grant().startNanos()).toSeconds(),
                why,
                allocation.packetsToPeers(),
                allocation.bytesToPeers())
        + " to the client %d packets, %d bytes"
            .formatted(allocation.packetsToClient(), allocation.bytesToClient());
  }

  /**
   * A name that somebody else has chosen, so that it cannot pass for anything but a name: in
   * quotes, with what is neither a letter nor a digit nor one of a few signs shown by its number.
   */
  static String readable(String name) {
    StringBuilder text = new StringBuilder("\"");
    name.codePoints()
        .limit(MAX_NAME)
        .forEach(c -> {
          if (Character.isLetterOrDigit(c) || "@._:+-".indexOf(c) >= 0) {
            text.appendCodePoint(c);
          } else {
            text.append("<%x>".formatted(c));
          }
        });
    boolean cut = name.codePointCount(0, name.length()) > MAX_NAME;
    return text.append(cut ? "\"…" : "\"").toString();
  }
}
