package io.culvert.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.peer.PathReport;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.scenario.Scenario.Built;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@InLab
@Timeout(150)
class ScenarioRunTest {
  private static final Duration ALLOWED = Duration.ofSeconds(3);

  @Test
  void whatIsSeenIsToldInTheOrderOfTheScenarios() throws Exception {
    Built sameLan = (Built) Scenarios.of("same-lan").getFirst();
    Built impossible =
        new Built(
            "S00",
            "impossible",
            "Two random NATs are to be passed.",
            "direct within 1 s",
            Plays.direct(NatKind.SYMMETRIC, NatKind.SYMMETRIC, Duration.ofSeconds(1)));
    Built broken =
        new Built(
            "S00",
            "broken",
            "Something throws.",
            "nothing",
            venue -> {
              throw new IllegalStateException();
            });
    List<Outcome> told = new ArrayList<>();

    List<Outcome> outcomes = new ScenarioRun(told::add).play(List.of(impossible, broken, sameLan));

    assertThat(told).containsExactlyInAnyOrderElementsOf(outcomes);
    assertThat(outcomes).extracting(Outcome::scenario).containsExactly(impossible, broken, sameLan);
    assertThat(outcomes).extracting(Outcome::ok).containsExactly(false, false, true);
    assertThat(outcomes.get(0).seen()).startsWith("After 1 s it was relayed udp ");
    assertThat(outcomes.get(1).seen()).isEqualTo("java.lang.IllegalStateException");
    assertThat(outcomes.get(2).seen()).contains("local udp 192.168.");
  }

  @Test
  void aTransferThatIsStruckIsHeldAgainstTheLongestBreak() throws Exception {
    Built cut = outage("cut", ALLOWED.plusMillis(500));
    Built left = outage("left alone", Duration.ZERO);

    List<Outcome> outcomes = new ScenarioRun(outcome -> {}).play(List.of(cut, left));

    assertThat(outcomes).extracting(Outcome::ok).containsExactly(false, true);
    assertThat(outcomes.get(0).seen()).startsWith("all 1.2 MB arrived").contains("with a break of");
  }

  private static Built outage(String name, Duration time) {
    return new Built(
        "S00",
        name,
        "A cable is out.",
        "no break of more than 3 s",
        venue -> {
          Host alice = Plays.behind(venue, "alice", NatKind.OPEN);
          return Plays.meet(
              venue,
              alice,
              Plays.behind(venue, "bob", NatKind.OPEN),
              meeting -> {
                Plays.becomes(meeting, "direct", ScenarioRunTest::isNotRelayed, Plays.SOON);
                return Plays.survives(
                    meeting,
                    ALLOWED,
                    () -> {
                      if (time.isPositive()) {
                        alice.first().unplug();
                        Thread.sleep(time);
                        alice.first().plug();
                      }
                    });
              });
        });
  }

  private static boolean isNotRelayed(PathReport path) {
    return !Plays.isRelayed(path);
  }
}
