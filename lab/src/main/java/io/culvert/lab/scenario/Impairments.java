package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;

import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Transfer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Delay;
import io.culvert.lab.net.Router;
import io.culvert.lab.scenario.Scenario.Built;
import java.time.Duration;
import java.util.List;

/** S78 to S81: networks that lose, delay and shuffle. */
final class Impairments {
  private static final int LITTLE = 500_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Impairments() {}

  static List<Scenario> scenarios() {
    return List.of(
        bad("good-wifi", "1 % of all packets are lost", 1, jittery(1, 5), Plays.SOON),
        bad(
            "bad-wifi",
            "5 % of all packets are lost",
            5,
            jittery(5, 30),
            Plays.SOON.multipliedBy(2)),
        bad("bad-mobile", "10 % of all packets are lost", 10, jittery(100, 50), Plays.GUESSING),
        bad("absurd", "25 % of all packets are lost", 25, jittery(300, 100), PATIENCE.dividedBy(2)),
        new Built(
            "S79",
            "reordering",
            "Packets overtake each other on the caller's way out by 40 ms.",
            "direct within 4 s, and 0.5 MB arrive whole",
            venue ->
                on(
                    venue,
                    Plays.SOON,
                    router ->
                        router.delay(
                            Delay.ofMillis(5).withJitter(Duration.ofMillis(40)).withOvertaking()))),
        new Built(
            "S79",
            "duplication",
            "Packets arrive twice on the caller's cable, the second time up to 40 ms later.",
            "direct within 4 s, and 0.5 MB arrive whole",
            venue ->
                on(
                    venue,
                    Plays.SOON,
                    router -> {
                      router.delay(
                          Delay.ofMillis(5).withJitter(Duration.ofMillis(40)).withOvertaking());
                      router.duplicate(true);
                    })),
        new Built(
            "S80",
            "asymmetric",
            "What the caller sends takes 150 ms more, what it receives nothing.",
            "direct within 4 s, and 0.5 MB arrive whole",
            venue ->
                on(venue, Plays.SOON, router -> router.delay(Delay.ofMillis(150), Delay.NONE))),
        new Built(
            "S81",
            "distant-relay",
            "The server is 50 ms away, one relay 300 ms, and another one 25 ms.",
            "connected within 4 s, by the nearest relay",
            RelayPlays::nearest));
  }

  private interface Making {
    void worse(Router router);
  }

  private static Delay jittery(int millis, int jitter) {
    return Delay.ofMillis(millis).withJitter(Duration.ofMillis(jitter));
  }

  private static Scenario bad(
      String name, String sentence, int loss, Delay delay, Duration direct) {
    return new Built(
        "S78",
        name,
        "%s in each direction of the caller's cable, the others take %d to %d ms more."
            .formatted(
                sentence, delay.least().toMillis(), delay.least().plus(delay.jitter()).toMillis()),
        "direct within %d s, and 0.5 MB arrive whole".formatted(direct.toSeconds()),
        venue ->
            on(
                venue,
                direct,
                router -> {
                  router.delay(delay);
                  router.lose(loss);
                }));
  }

  private static String on(Venue venue, Duration direct, Making making) throws Exception {
    Router home = venue.lab().router("home", PORT_RESTRICTED);
    making.worse(home);
    return Plays.meet(
        venue,
        home.host("alice"),
        Plays.behind(venue, "bob", PORT_RESTRICTED),
        meeting -> Plays.direct(meeting, direct) + "; " + transfer(meeting));
  }

  private static String transfer(Meeting meeting) throws Exception {
    try (Transfer transfer = Transfer.bulk(meeting.toBob(), meeting.toAlice(), LITTLE)) {
      return transfer.await(PATIENCE).toString();
    }
  }
}
