package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.Finding.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts into words what has come of asking a router. */
final class Explanation {
  private Explanation() {}

  /**
   * What has come of one way.
   *
   * @param chosen whether that is the way in which ports are asked for
   * @param external the port that we have, by the chosen way
   * @param seen from where we are seen outside
   */
  static Finding of(
      Server server, boolean chosen, Optional<InetSocketAddress> external, Set<InetAddress> seen) {
    Means means = server.means();
    return switch (server.stage()) {
      case ASKED ->
          finding(means, Outcome.ASKED, "The router has not answered to %s yet.".formatted(means));
      case ABSENT -> finding(means, Outcome.ABSENT, server.why());
      case REFUSED -> finding(means, Outcome.REFUSED, server.why());
      case PRESENT -> {
        if (!chosen) {
          yield finding(
              means, Outcome.UNUSED, "The router speaks %s; another way is used.".formatted(means));
        }
        yield external
            .map(port -> mapped(means, port, seen))
            .orElseGet(() ->
                finding(
                    means,
                    Outcome.ASKED,
                    "The router has been asked for a port by %s.".formatted(means)));
      }
    };
  }

  private static Finding mapped(Means means, InetSocketAddress port, Set<InetAddress> seen) {
    String where = port.getAddress().getHostAddress();
    if (seen.contains(port.getAddress())) {
      return new Finding(
          means,
          Outcome.MAPPED,
          Optional.of(port),
          "The router keeps port %d of %s open for us, by %s."
              .formatted(port.getPort(), where, means));
    }
    if (seen.isEmpty()) {
      return new Finding(
          means,
          Outcome.UNVERIFIED,
          Optional.of(port),
          "The router has given us port %d of %s by %s; no server has confirmed that address."
              .formatted(port.getPort(), where, means));
    }
    String outside =
        seen.stream().map(InetAddress::getHostAddress).sorted().collect(Collectors.joining(" or "));
    return new Finding(
        means,
        Outcome.DOUBLE_NAT,
        Optional.of(port),
        "The router has given us port %d of %s by %s, but outside we are %s: it is itself behind a NAT."
            .formatted(port.getPort(), where, means, outside));
  }

  private static Finding finding(Means means, Outcome outcome, String sentence) {
    return new Finding(means, outcome, Optional.empty(), sentence);
  }
}
