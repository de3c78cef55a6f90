package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.SeparatePair;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.net.Stack;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers with addresses of IPv6, in processes of their own. */
@InLab
@Timeout(90)
class PeersOverIpv6Test {
  private static final Duration SOON = Duration.ofSeconds(10);

  private static Accounts accounts;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    accounts = Accounts.make();
  }

  @AfterAll
  static void andThereAreNone() throws IOException {
    accounts.close();
  }

  @Test
  void whereBothHaveItSymmetricNatsAreNoMatter() throws Exception {
    NatKind both = NatKind.SYMMETRIC.withIpv6(Ipv6.FIREWALLED);
    try (Venue venue = Venue.open(accounts)) {
      SeparatePair peers =
          venue.separately(venue.lab().peer("alice", both), venue.lab().peer("bob", both));
      peers.connect();

      assertThat(peers.await(SeparatePair::isDirect, SOON))
          .hasValueSatisfying(way -> assertThat(way.text()).startsWith("direct udp [2001:db8:"));
      SeparatePair.send(peers.alice(), 1_000_000, peers.bob());
    }
  }

  @Test
  void whereUdpIsBlockedTheyOpenATcpConnectionThroughBothFirewalls() throws Exception {
    NatKind both = NatKind.UDP_BLOCKED.withIpv6(Ipv6.FIREWALLED);
    try (Venue venue = Venue.open(accounts)) {
      SeparatePair peers =
          venue.separately(venue.lab().peer("alice", both), venue.lab().peer("bob", both));
      peers.connect();

      assertThat(peers.await(way -> way.text().startsWith("direct tcp [2001:db8:"), SOON))
          .as("IPv4 may be there a moment before")
          .isPresent();
      SeparatePair.send(peers.alice(), 1_000_000, peers.bob());
    }
  }

  @Test
  void whereOnlyTheServerCanBeReachedByItTheRelayCarriesEverything() throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      venue.serverSpeaksIpv6();
      SeparatePair peers =
          venue.separately(onlyTowardsServers(venue, "alice"), onlyTowardsServers(venue, "bob"));
      peers.connect();

      SeparatePair.send(peers.alice(), 1_000_000, peers.bob());
      SeparatePair.send(peers.bob(), 1_000_000, peers.alice());
      assertThat(peers.alice().path())
          .as("by an address of either family, for the relay has both")
          .hasValueSatisfying(way -> assertThat(way.kind()).isEqualTo(Path.RELAY));
    }
  }

  /** A machine with nothing but IPv6, and a firewall that lets it speak to servers. */
  private static Host onlyTowardsServers(Venue venue, String name) throws Exception {
    Host host = venue.lab().host(name);
    host.stack(Stack.IPV6);
    Process nft = host.start("nft", "-f", "-");
    try (Writer rules = nft.outputWriter()) {
      rules.write(
          """
          table ip6 guard {
            chain out {
              type filter hook output priority filter
              meta l4proto { tcp, udp } ip6 daddr != %s drop
            }
          }
          """
              .formatted(venue.serverHost().address6().orElseThrow().getHostAddress()));
    }
    assertThat(nft.waitFor()).isZero();
    return host;
  }
}
