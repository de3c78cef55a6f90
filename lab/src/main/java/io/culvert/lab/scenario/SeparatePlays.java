package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;

import io.culvert.lab.ScratchFolder;
import io.culvert.lab.meeting.SeparatePair;
import io.culvert.lab.meeting.SeparatePeer;
import io.culvert.lab.meeting.SeparatePeer.Circumstances;
import io.culvert.lab.meeting.SeparatePeer.Way;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Nat64;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.net.Router;
import io.culvert.lab.net.Stack;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * S37, S38, S51 to S55, S69 and S77: those that need peers in processes of their own, because of
 * their addresses of IPv6, their sleep or their clocks.
 */
final class SeparatePlays {
  private static final int SOME_BYTES = 500_000;
  private static final Duration ONE_HOUR = Duration.ofHours(1);
  private static final Duration ONE_DAY = Duration.ofDays(1);

  /** Between two questions about the time, on a busy machine. */
  private static final Duration TOLERANCE = Duration.ofSeconds(20);

  private static final Duration MAPPING_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration AWAKE_AGAIN = Duration.ofSeconds(5);

  private static final String NO_IPV4 =
      """
      table ip broken {
        chain between {
          type filter hook forward priority -10;
          drop
        }
      }
      """;

  private SeparatePlays() {}

  /** They are connected directly within the usual time, by that family. */
  static Play direct(NatKind alice, NatKind bob, boolean ipv6) {
    return venue -> {
      venue.serverSpeaksIpv6();
      return direct(
          venue.separately(Plays.behind(venue, "alice", alice), Plays.behind(venue, "bob", bob)),
          ipv6);
    };
  }

  private static String direct(SeparatePair peers, boolean ipv6)
      throws IOException, InterruptedException, UnexpectedException {
    long start = System.nanoTime();
    Duration connected = peers.connect();
    Duration left = Plays.SOON.minusNanos(System.nanoTime() - start);
    Optional<Way> way =
        peers.await(each -> SeparatePair.isDirect(each) && isIpv6(each) == ipv6, left);
    if (way.isEmpty()) {
      throw new UnexpectedException(
          "After %d s it was %s.".formatted(Plays.SOON.toSeconds(), path(peers)));
    }
    Duration direct = Duration.ofNanos(System.nanoTime() - start);
    SeparatePair.send(peers.alice(), SOME_BYTES, peers.bob());
    return "connected after %d ms, direct after %d ms; %s"
        .formatted(connected.toMillis(), direct.toMillis(), path(peers));
  }

  private static boolean isIpv6(Way way) {
    return way.text().contains("[");
  }

  private static String path(SeparatePair peers) throws IOException {
    return peers.alice().path().map(Way::text).orElse("without a path");
  }

  /** The caller's router passes nothing of IPv4 on. */
  static String brokenIpv4(Venue venue) throws Exception {
    venue.serverSpeaksIpv6();
    NatKind both = PORT_RESTRICTED.withIpv6(Ipv6.FIREWALLED);
    Router home = venue.lab().router("home", both);
    Topologies.nft(home, NO_IPV4);
    return direct(venue.separately(home.host("alice"), Plays.behind(venue, "bob", both)), true);
  }

  /** The caller has only IPv6, and a name server that knows how servers of IPv4 are reached. */
  static String onlyIpv6(Venue venue) throws Exception {
    if (!Nat64.isAvailable()) {
      throw new UnexpectedException("tayga is not installed: apt-get install tayga.");
    }
    try (ScratchFolder folder = ScratchFolder.make()) {
      Router mobile = venue.lab().router("mobile", SYMMETRIC.withIpv6(Ipv6.FIREWALLED));
      Nat64.start(mobile, folder.path());
      Host alice = mobile.host("alice");
      alice.stack(Stack.IPV6);
      List<InetAddress> synthesized = List.of(Nat64.address(venue.serverHost().address()));
      SeparatePair peers =
          venue.separately(
              alice,
              new Circumstances(synthesized),
              Plays.behind(venue, "bob", PORT_RESTRICTED),
              new Circumstances(venue.serverAddresses()));
      Duration connected = peers.connect();
      SeparatePair.send(peers.alice(), SOME_BYTES, peers.bob());
      SeparatePair.send(peers.bob(), SOME_BYTES, peers.alice());
      return "connected after %d ms; %s".formatted(connected.toMillis(), path(peers));
    }
  }

  /** Both routers forget the caller while it sleeps. */
  static String sleep(Venue venue) throws Exception {
    NatKind forgetful = PORT_RESTRICTED.withUdpTimeout(MAPPING_TIMEOUT);
    SeparatePair peers =
        venue.separately(
            Plays.behind(venue, "alice", forgetful), Plays.behind(venue, "bob", forgetful));
    direct(peers, false);
    peers.alice().sleep();
    Thread.sleep(MAPPING_TIMEOUT.plusSeconds(10));
    peers.alice().wake();
    Duration there = SeparatePair.send(peers.alice(), SOME_BYTES, peers.bob());
    Duration andBack = SeparatePair.send(peers.bob(), SOME_BYTES, peers.alice());
    String seen =
        "after the sleep %d bytes took %d ms, and as many back %d ms; %s"
            .formatted(SOME_BYTES, there.toMillis(), andBack.toMillis(), path(peers));
    if (there.plus(andBack).compareTo(AWAKE_AGAIN) > 0) {
      throw new UnexpectedException(seen);
    }
    return seen;
  }

  /** The caller is an hour ahead, and the callee a day behind. */
  static String wrongClocks(Venue venue) throws Exception {
    SeparatePair peers =
        venue.separately(
            Plays.behind(venue, "alice", PORT_RESTRICTED),
            new Circumstances(venue.serverAddresses(), ONE_HOUR),
            Plays.behind(venue, "bob", PORT_RESTRICTED),
            new Circumstances(venue.serverAddresses(), ONE_DAY.negated()));
    expectAhead(peers.alice(), ONE_HOUR);
    expectAhead(peers.bob(), ONE_DAY.negated());
    return direct(peers, false);
  }

  private static void expectAhead(SeparatePeer peer, Duration ahead)
      throws IOException, UnexpectedException {
    Duration seen = Duration.between(Instant.now(), peer.time());
    if (seen.minus(ahead).abs().compareTo(TOLERANCE) > 0) {
      throw new UnexpectedException(
          "The clock of a peer was %d s ahead and not %d s."
              .formatted(seen.toSeconds(), ahead.toSeconds()));
    }
  }
}
