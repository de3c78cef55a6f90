package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.SYMMETRIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.meeting.Accounts;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that have several relays, and nothing else that connects them. */
@InLab
@Timeout(90)
class RelayPlaysTest {
  private static Accounts accounts;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    accounts = Accounts.make();
  }

  @AfterAll
  static void andThenThereAreNone() throws Exception {
    accounts.close();
  }

  @Test
  void peersMeetThroughTheRelaysOfBoth() throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      assertThat(RelayPlays.bothAreBlocked(venue)).contains("by bobs-relay");
    }
  }

  @Test
  void whenTheRelayInUseVanishesAnotherOneGoesOn() throws Exception {
    try (Venue venue = Venue.open(accounts)) {
      Host relay = venue.lab().host("relay");
      venue.relays(relay);
      String seen =
          Plays.meet(
              venue,
              Plays.behind(venue, "alice", SYMMETRIC),
              Plays.behind(venue, "bob", SYMMETRIC),
              meeting -> {
                RelayPlays.by(meeting, relay);
                try (Transfer transfer =
                    Transfer.steady(meeting.toBob(), meeting.toAlice(), Duration.ofSeconds(5))) {
                  transfer.awaitShare(0.25, Plays.SOON);
                  venue.strikeOff(relay);
                  relay.unplug();
                  String by = RelayPlays.by(meeting, venue.serverHost());
                  transfer.await(Plays.GUESSING);
                  return by;
                }
              });
      assertThat(seen).startsWith("by server");
    }
  }
}
