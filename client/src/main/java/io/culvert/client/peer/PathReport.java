package io.culvert.client.peer;

import io.culvert.traversal.Path;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;

/**
 * The way that a connection takes at the moment.
 *
 * @param kind within one network, across the internet, or through a relay
 * @param tcp whether it is a TCP connection between the two, where UDP finds no direct way
 * @param remote the other end as our socket, or our relay, sees it
 * @param roundTrip how long a packet takes there and back, as last measured
 */
public record PathReport(Path kind, boolean tcp, InetSocketAddress remote, Duration roundTrip) {
  /** For people: {@code direct udp 203.0.113.2:40112, 12 ms}. */
  @Override
  public String toString() {
    String how =
        switch (kind) {
          case LOCAL -> "local";
          case PUBLIC -> "direct";
          case RELAY -> "relayed";
        };
    return how
        + (tcp ? " tcp " : " udp ")
        + NetUtil.toSocketAddressString(remote)
        + String.format(Locale.ROOT, ", %d ms", roundTrip.toMillis());
  }
}
