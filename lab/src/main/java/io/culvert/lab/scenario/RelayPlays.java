package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.SYMMETRIC;

import io.culvert.client.peer.PathReport;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Delay;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import java.time.Duration;

/**
 * S72, S73 and S81: relays beside the server's own. Nothing but relays connects the peers, and
 * those that are near are half as far away as the server.
 */
final class RelayPlays {
  /** To notice that a relay is gone, to get an address at another one, and to tell the peer. */
  static final Duration TAKE_OVER = Duration.ofSeconds(5);

  private RelayPlays() {}

  /** Something happens to the near relay while both use it. */
  interface Fate {
    void befall(Venue venue, Host relay, Router alices) throws Exception;
  }

  /** Another relay carries on for the one that both use. */
  static Play survived(NatKind alices, Fate fate) {
    return venue -> {
      Host relay = venue.lab().host("relay");
      venue.relays(relay);
      Router home = venue.lab().router("home", alices);
      return Plays.meet(
          venue,
          home.host("alice"),
          Plays.behind(venue, "bob", SYMMETRIC),
          meeting -> {
            by(meeting, relay);
            return Plays.survives(meeting, TAKE_OVER, () -> fate.befall(venue, relay, home));
          });
    };
  }

  static void unplugged(Venue venue, Host relay, Router alices) throws Exception {
    venue.strikeOff(relay);
    relay.unplug();
  }

  static void blocked(Venue venue, Host relay, Router alices) throws Exception {
    block(alices, relay);
  }

  /** The callee's relay is out of the caller's reach, or the other way round. */
  static String oneIsBlocked(Venue venue, boolean callees) throws Exception {
    Host relay = venue.lab().host("relay");
    venue.relays(relay);
    Router alices = venue.lab().router("alices", SYMMETRIC);
    Router bobs = venue.lab().router("bobs", SYMMETRIC);
    block(callees ? alices : bobs, relay);
    Guest bob = venue.bob(bobs.host("bob"));
    Guest alice = venue.alice(alices.host("alice"));
    if (venue.allocations(relay) != 1) {
      throw new UnexpectedException(
          "The relay has %d allocations, and not 1.".formatted(venue.allocations(relay)));
    }
    return talk(alice, bob);
  }

  /** Each has a relay that the other cannot reach, which leaves the way through both. */
  static String bothAreBlocked(Venue venue) throws Exception {
    Host alicesRelay = venue.lab().host("alices-relay");
    Host bobsRelay = venue.lab().host("bobs-relay");
    venue.relays(alicesRelay, bobsRelay);
    Router alices = venue.lab().router("alices", SYMMETRIC);
    Router bobs = venue.lab().router("bobs", SYMMETRIC);
    block(alices, bobsRelay);
    block(bobs, alicesRelay);
    Guest bob = venue.bob(bobs.host("bob"));
    Guest alice = venue.alice(alices.host("alice"));
    try (Meeting meeting = Meeting.begin(alice, bob)) {
      return firstByte(meeting) + ", " + by(meeting, bobsRelay);
    }
  }

  /** Of several relays the nearest is used, though it is the last of the list. */
  static String nearest(Venue venue) throws Exception {
    Host distant = venue.lab().host("distant");
    distant.delay(Delay.ofMillis(137));
    Host near = venue.lab().host("near");
    venue.relays(distant, near);
    return Plays.meet(
        venue,
        Plays.behind(venue, "alice", SYMMETRIC),
        Plays.behind(venue, "bob", SYMMETRIC),
        meeting -> firstByte(meeting) + ", " + by(meeting, near));
  }

  private static String talk(Guest alice, Guest bob) throws Exception {
    try (Meeting meeting = Meeting.begin(alice, bob)) {
      return firstByte(meeting)
          + ", "
          + Plays.becomes(meeting, "relayed", Plays::isRelayed, Plays.SOON);
    }
  }

  private static String firstByte(Meeting meeting) throws Exception {
    return "first byte after %d ms".formatted(meeting.firstByte(Plays.SOON).after().toMillis());
  }

  /** Alice has a path to where that relay has an address for bob. */
  static String by(Meeting meeting, Host relay) throws Exception {
    return Plays.becomes(meeting, "by " + relay.name(), path -> isBy(relay, path), Plays.SOON);
  }

  private static boolean isBy(Host relay, PathReport path) {
    return Plays.isRelayed(path) && path.remote().getAddress().equals(relay.address());
  }

  private static void block(Router router, Host relay) throws Exception {
    String address = relay.address().getHostAddress();
    Topologies.nft(
        router,
        """
        table ip blocked {
          chain between {
            type filter hook forward priority -10;
            ip daddr %s drop
            ip saddr %s drop
          }
        }
        """
            .formatted(address, address));
  }
}
