package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.CARRIER_GRADE;
import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;
import static io.culvert.lab.net.NatKind.UDP_BLOCKED;

import io.culvert.client.peer.Connection;
import io.culvert.lab.meeting.Guest;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Interface;
import io.culvert.lab.net.Router;
import io.culvert.lab.scenario.Plays.Blow;
import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.lab.scenario.Scenario.NotBuilt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** S62 to S77: what happens to networks while peers are connected. */
final class Dynamics {
  /** The target for data to flow again on a direct path, and some room for a busy machine. */
  private static final Duration SHORT_BREAK = Duration.ofSeconds(3);

  /** For who sends into the void more and more rarely, as QUIC does. */
  private static final Duration RECOVERY = Duration.ofSeconds(5);

  private static final Duration MAPPING_TIMEOUT = Duration.ofSeconds(15);

  /** For who must notice first that he is elsewhere. */
  private static final Duration MOVING = Duration.ofSeconds(10);

  private Dynamics() {}

  static List<Scenario> scenarios() {
    return List.of(
        new Built(
            "S62",
            "idle",
            "Both routers forget mappings after 15 s, and nobody says anything for 25 s.",
            "direct all the time, and a transfer without a break of more than 3 s",
            Dynamics::idle),
        new Built(
            "S63",
            "mappings-with-an-end",
            "The caller's carrier forgets its mappings every 1.5 s, whatever traffic there is.",
            "nothing is lost, with breaks of 3 s at most",
            Dynamics::mappingsEnd),
        roaming("from-wifi-to-mobile", Duration.ofMillis(500)),
        roaming("from-wifi-to-mobile-slowly", Duration.ofSeconds(2)),
        new Built(
            "S64",
            "from-lan-to-mobile",
            "Both are in one LAN, and then the caller is in a mobile network, a hundred times as far.",
            "nothing is lost, with a break of 10 s at most",
            Dynamics::leavingTheLan),
        new Built(
            "S65",
            "outage-of-5-s",
            "The caller's cable is out for 5 s.",
            "nothing is lost, and data flows again 5 s later at most",
            venue -> outage(venue, Duration.ofSeconds(5))),
        new Built(
            "S65",
            "outage-of-30-s",
            "The caller's cable is out for 30 s.",
            "nothing is lost, and data flows again 5 s later at most",
            venue -> outage(venue, Duration.ofSeconds(30))),
        new Built(
            "S66",
            "from-hard-to-easy",
            "Both are behind symmetric routers; the caller moves to a port-restricted one.",
            "nothing is lost, with a break of 10 s at most",
            venue -> {
              Host alice = Plays.behind(venue, "alice", SYMMETRIC);
              Router other = venue.lab().router("other", PORT_RESTRICTED);
              return Plays.meet(
                  venue,
                  alice,
                  Plays.behind(venue, "bob", SYMMETRIC),
                  meeting ->
                      Plays.survives(meeting, MOVING, () -> alice.first().move(other.lan())));
            }),
        new Built(
            "S67",
            "better-link",
            "The caller, elsewhere at first, gets a second interface, in the callee's LAN.",
            "within the LAN in 10 s",
            Dynamics::betterLink),
        new Built(
            "S68",
            "reboot",
            "The caller's carrier loses all mappings, and gives others.",
            "nothing is lost, with a break of 3 s at most",
            venue -> {
              Router carrier = venue.lab().router("carrier", CARRIER_GRADE);
              return struck(venue, carrier.host("alice"), carrier::reboot);
            }),
        new Built(
            "S68",
            "reboot-with-new-address",
            "The caller's router loses all mappings, and comes back with another address.",
            "nothing is lost, with a break of 3 s at most",
            venue -> {
              Router home = venue.lab().router("home", PORT_RESTRICTED);
              return struck(venue, home.host("alice"), home::rebootWithNewAddress);
            }),
        new Built(
            "S69",
            "sleep",
            "Both routers forget mappings after 15 s, and the caller sleeps for 25 s.",
            "500 KB there and as many back arrive within 5 s of its waking",
            SeparatePlays::sleep),
        new Built(
            "S70",
            "flap",
            "The caller's interface goes down and up again at once, with the same address.",
            "nothing is lost, with a break of 3 s at most",
            venue -> {
              Host alice = Plays.behind(venue, "alice", PORT_RESTRICTED);
              return struck(
                  venue,
                  alice,
                  () -> {
                    alice.first().down();
                    alice.first().up();
                  });
            }),
        new Built(
            "S71",
            "relay-restarted",
            "The relay is restarted, and nothing else connects the peers.",
            "nothing is lost, with a break of 10 s at most",
            venue ->
                Plays.meet(
                    venue,
                    Plays.behind(venue, "alice", SYMMETRIC),
                    Plays.behind(venue, "bob", SYMMETRIC),
                    meeting -> Plays.survives(meeting, MOVING, venue::restartServer))),
        new Built(
            "S72",
            "relay-removed",
            "The relay in use is taken off the server's list, and its machine vanishes.",
            "nothing is lost, with a break of 5 s at most",
            RelayPlays.survived(SYMMETRIC, RelayPlays::unplugged)),
        new Built(
            "S72",
            "relay-removed-without-udp",
            "The same, while the caller's router lets no UDP pass.",
            "nothing is lost, with a break of 5 s at most",
            RelayPlays.survived(UDP_BLOCKED, RelayPlays::unplugged)),
        new Built(
            "S72",
            "relay-blocked",
            "The relay in use cannot be reached by the caller any more.",
            "nothing is lost, with a break of 5 s at most",
            RelayPlays.survived(SYMMETRIC, RelayPlays::blocked)),
        new Built(
            "S73",
            "one-relay-blocked",
            "Only the callee's relay cannot be reached by the caller.",
            "connected within 4 s",
            venue -> RelayPlays.oneIsBlocked(venue, true)),
        new Built(
            "S73",
            "other-relay-blocked",
            "Only the caller's relay cannot be reached by the callee.",
            "connected within 4 s",
            venue -> RelayPlays.oneIsBlocked(venue, false)),
        new Built(
            "S73",
            "both-relays-blocked",
            "Neither can reach the relay of the other.",
            "connected through both relays within 4 s",
            RelayPlays::bothAreBlocked),
        new Built(
            "S74",
            "server-gone",
            "The server goes down while the peers are connected directly.",
            "nothing is lost, with a break of 3 s at most",
            venue ->
                struck(venue, Plays.behind(venue, "alice", PORT_RESTRICTED), venue::stopServer)),
        new NotBuilt(
            "S75",
            "server-gone-before",
            "The server is down when the peers start, who have met before.",
            "Peers keep no addresses of each other: without a server they do not meet."),
        new Built(
            "S76",
            "both-at-once",
            "Both call each other at the same moment.",
            "both have a connection within 20 s",
            Dynamics::bothAtOnce),
        new Built(
            "S77",
            "wrong-clocks",
            "The caller's clock is an hour ahead of the server's, and the callee's a day behind.",
            "direct within 4 s",
            SeparatePlays::wrongClocks));
  }

  private static String struck(Venue venue, Host alice, Blow blow) throws Exception {
    Host bob = Plays.behind(venue, "bob", PORT_RESTRICTED);
    return Plays.directSurvives(venue, alice, bob, SHORT_BREAK, blow);
  }

  private static String idle(Venue venue) throws Exception {
    return Plays.meet(
        venue,
        Plays.behind(venue, "alice", PORT_RESTRICTED.withUdpTimeout(MAPPING_TIMEOUT)),
        Plays.behind(venue, "bob", PORT_RESTRICTED.withUdpTimeout(MAPPING_TIMEOUT)),
        meeting -> {
          Plays.direct(meeting, Plays.SOON);
          Thread.sleep(MAPPING_TIMEOUT.plusSeconds(10));
          if (!meeting.isDirect()) {
            throw new UnexpectedException("Then it was " + Plays.path(meeting) + ".");
          }
          return Plays.survives(meeting, SHORT_BREAK, () -> {});
        });
  }

  private static String mappingsEnd(Venue venue) throws Exception {
    Router carrier = venue.lab().router("carrier", CARRIER_GRADE);
    return struck(
        venue,
        carrier.host("alice"),
        () -> {
          for (int i = 0; i < 3; i++) {
            carrier.reboot(); // which is all that is seen of it from outside
            Thread.sleep(Duration.ofMillis(1500));
          }
        });
  }

  private static Scenario roaming(String name, Duration gap) {
    return new Built(
        "S64",
        name,
        "The caller's Wi-Fi is gone, and %d ms later there is a mobile network."
            .formatted(gap.toMillis()),
        "nothing is lost, with a break of 10 s at most",
        venue -> {
          Host alice = Plays.behind(venue, "alice", PORT_RESTRICTED);
          Interface mobile = alice.connect(venue.lab().router("mobile", CARRIER_GRADE).lan());
          mobile.down();
          return Plays.directSurvives(
              venue,
              alice,
              Plays.behind(venue, "bob", PORT_RESTRICTED),
              MOVING,
              () -> {
                alice.first().down();
                Thread.sleep(gap);
                mobile.up();
              });
        });
  }

  private static String leavingTheLan(Venue venue) throws Exception {
    Router office = venue.lab().router("office", PORT_RESTRICTED);
    Host alice = office.host("alice");
    Interface mobile = alice.connect(venue.lab().router("mobile", CARRIER_GRADE).lan());
    mobile.down();
    return Plays.meet(
        venue,
        alice,
        office.host("bob"),
        meeting -> {
          Plays.becomes(meeting, "within the LAN", Plays::isLocal, Plays.SOON);
          return Plays.survives(
              meeting,
              MOVING,
              () -> {
                alice.first().down();
                mobile.up();
              });
        });
  }

  private static String outage(Venue venue, Duration time) throws Exception {
    Host alice = Plays.behind(venue, "alice", PORT_RESTRICTED);
    return Plays.directSurvives(
        venue,
        alice,
        Plays.behind(venue, "bob", PORT_RESTRICTED),
        time.plus(RECOVERY),
        () -> {
          alice.first().unplug();
          Thread.sleep(time);
          alice.first().plug();
        });
  }

  private static String betterLink(Venue venue) throws Exception {
    Router office = venue.lab().router("office", PORT_RESTRICTED);
    Host alice = Plays.behind(venue, "alice", PORT_RESTRICTED);
    return Plays.meet(
        venue,
        alice,
        office.host("bob"),
        meeting -> {
          Plays.direct(meeting, Plays.SOON);
          alice.connect(office.lan());
          return Plays.becomes(meeting, "within the LAN", Plays::isLocal, MOVING);
        });
  }

  private static String bothAtOnce(Venue venue) throws Exception {
    Guest alice = venue.alice(Plays.behind(venue, "alice", PORT_RESTRICTED));
    Guest bob = venue.bob(Plays.behind(venue, "bob", PORT_RESTRICTED));
    CompletableFuture<Connection> bobs = bob.peer().connectAsync(alice.peer().account());
    try (Meeting alices = Meeting.begin(alice, bob)) {
      String seen =
          "bob has heard alice after "
              + alices.firstByte(Plays.GUESSING).after().toMillis()
              + " ms";
      try (Connection toAlice = bobs.get(Plays.GUESSING.toSeconds(), TimeUnit.SECONDS)) {
        return seen + ", and has a connection to " + toAlice.peer() + " himself";
      }
    } finally {
      bobs.cancel(false);
    }
  }
}
