package io.culvert.client.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Finding.Outcome;
import io.culvert.traversal.portmap.Means;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouterFindingsTest {
  @Test
  void aPortThatPeersReachIsToldWithItsAddress() {
    RouterFindings findings =
        findings(
            new Finding(Means.PCP, Outcome.ABSENT, Optional.empty(), "Nobody."),
            new Finding(Means.NAT_PMP, Outcome.REFUSED, Optional.empty(), "No."),
            new Finding(Means.UPNP, Outcome.MAPPED, at("203.0.113.2"), "Yes."));

    assertThat(findings.isPortOpen()).isTrue();
    assertThat(findings.note())
        .hasValue("The router here gives us a port by UPnP: 203.0.113.2:40112.");
  }

  @Test
  void aPortThatIsOfNoUseIsNotOpen() {
    RouterFindings findings =
        findings(
            new Finding(Means.PCP, Outcome.DOUBLE_NAT, at("100.64.0.2"), "Behind a NAT."),
            new Finding(Means.UPNP, Outcome.UNUSED, Optional.empty(), "Another way is used."));

    assertThat(findings.isPortOpen()).isFalse();
    assertThat(findings.note()).hasValue("Behind a NAT.");
  }

  @Test
  void aRefusalSaysMoreThanSilence() {
    assertThat(
            findings(
                    new Finding(Means.PCP, Outcome.ABSENT, Optional.empty(), "Nobody."),
                    new Finding(Means.UPNP, Outcome.REFUSED, Optional.empty(), "It says no."))
                .note())
        .hasValue("It says no.");
  }

  @Test
  void aRouterThatMayStillAnswerIsNotGivenUp() {
    assertThat(
            findings(
                    new Finding(Means.PCP, Outcome.ABSENT, Optional.empty(), "Nobody."),
                    new Finding(Means.UPNP, Outcome.ASKED, Optional.empty(), "Asked."))
                .note())
        .hasValue("The router here has not said yet whether it opens ports.");
  }

  @Test
  void ofARouterThatAnswersToNothingOneSentenceIsEnough() {
    assertThat(
            findings(
                    new Finding(Means.PCP, Outcome.ABSENT, Optional.empty(), "Nobody."),
                    new Finding(Means.UPNP, Outcome.ABSENT, Optional.empty(), "Nobody."))
                .note())
        .hasValue("The router here opens no ports: it answers to none of PCP, NAT-PMP and UPnP.");
  }

  @Test
  void whereNobodyIsAskedThereIsNothingToSay() {
    assertThat(findings().note()).isEmpty();
  }

  private static RouterFindings findings(Finding... findings) {
    return new RouterFindings(List.of(findings));
  }

  private static Optional<InetSocketAddress> at(String ip) {
    return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(ip), 40112));
  }
}
