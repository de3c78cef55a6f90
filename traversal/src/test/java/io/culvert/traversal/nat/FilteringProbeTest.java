package io.culvert.traversal.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.DiscoveryAttribute.ChangeRequest;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FilteringProbeTest {
  private static final Instant START = Instant.ofEpochSecond(1_000);

  private final FilteringProbe probe = new FilteringProbe(new Random(1), START);
  private final List<Duration> rounds = new ArrayList<>();

  /** Plays it to its end, where only these answers get in, and not before the given round. */
  private Filtering found(Predicate<Optional<ChangeRequest>> answered, int lost) {
    Instant now = START;
    while (!probe.isOver(now)) {
      List<StunMessage> questions = probe.due(now);
      if (!questions.isEmpty()) {
        rounds.add(Duration.between(START, now));
      }
      if (rounds.size() > lost) {
        questions.stream()
            .filter(each -> answered.test(each.first(ChangeRequest.class)))
            .forEach(each -> probe.heard(each.answer(StunClass.SUCCESS)));
      }
      now = probe.nextDeadline(now).orElse(now);
    }
    return probe.result();
  }

  private static boolean isFromOtherAddress(Optional<ChangeRequest> change) {
    return change.filter(ChangeRequest::changeIp).isPresent();
  }

  @Test
  void whoLetsEverybodyInIsKnownAtOnce() {
    assertThat(found(_ -> true, 0)).isEqualTo(Filtering.INDEPENDENT);
    assertThat(rounds).containsExactly(Duration.ZERO);
  }

  @Test
  void whoLetsNoOtherAddressInIsKnownWhenNothingMoreHasCome() {
    assertThat(found(change -> !isFromOtherAddress(change), 0))
        .isEqualTo(Filtering.ADDRESS_DEPENDENT);
    assertThat(rounds).hasSize(4);
  }

  @Test
  void whoLetsOnlyTheUsualAnswerInIsTheStrictest() {
    assertThat(found(Optional::isEmpty, 0)).isEqualTo(Filtering.ADDRESS_AND_PORT_DEPENDENT);
  }

  @Test
  void withoutAnyAnswerNothingIsKnown() {
    assertThat(found(_ -> false, 0)).isEqualTo(Filtering.UNKNOWN);
  }

  @Test
  void whatGetsLostIsAskedAgain() {
    assertThat(found(_ -> true, 3)).isEqualTo(Filtering.INDEPENDENT);
  }

  @Test
  void anErrorProvesNothing() {
    for (StunMessage question : probe.due(START)) {
      probe.heard(question.answer(StunClass.ERROR));
    }
    assertThat(probe.result()).isEqualTo(Filtering.UNKNOWN);
  }
}
