package io.culvert.client.peer;

import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Finding.Outcome;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Optional;

/** What there is to say of a router that has been asked for a port, in all the ways there are. */
record RouterFindings(List<Finding> findings) {
  /** The best that may have come of it is what counts. */
  private static final List<Outcome> BEST_FIRST =
      List.of(
          Outcome.MAPPED,
          Outcome.DOUBLE_NAT,
          Outcome.UNVERIFIED,
          Outcome.REFUSED,
          Outcome.ASKED,
          Outcome.ABSENT);

  /** Whether peers reach us at a port of the router. */
  boolean isPortOpen() {
    return findings.stream().anyMatch(finding -> finding.outcome() == Outcome.MAPPED);
  }

  /** A sentence; empty when there is nobody to ask. */
  Optional<String> note() {
    return BEST_FIRST.stream()
        .flatMap(outcome -> findings.stream().filter(finding -> finding.outcome() == outcome))
        .findFirst()
        .map(RouterFindings::sentence);
  }

  private static String sentence(Finding finding) {
    return switch (finding.outcome()) {
      case MAPPED ->
          "The router here gives us a port by %s: %s."
              .formatted(
                  finding.means(),
                  finding.external().map(NetUtil::toSocketAddressString).orElseThrow());
      case ASKED -> "The router here has not said yet whether it opens ports.";
      case ABSENT -> "The router here opens no ports: it answers to none of PCP, NAT-PMP and UPnP.";
      case DOUBLE_NAT, UNVERIFIED, REFUSED, UNUSED -> finding.sentence();
    };
  }
}
