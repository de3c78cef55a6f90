package io.culvert.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AddressProbeTest {
  private static final InetSocketAddress RELAY = new InetSocketAddress("203.0.113.1", 3478);
  private static final InetSocketAddress STUN = new InetSocketAddress("203.0.113.2", 3478);
  private static final InetSocketAddress US = new InetSocketAddress("198.51.100.7", 40_000);

  private final AddressProbe probe =
      new AddressProbe(List.of(RELAY, STUN), Instant.EPOCH, new SplittableRandom(1));

  @Test
  void allAreAskedAgainAfterPausesThatDoubleUntilThreeSecondsHavePassed() {
    List<Long> sent = new ArrayList<>();
    Instant now = Instant.EPOCH;
    while (!probe.isOver(now)) {
      List<AddressProbe.Request> due = probe.due(now);
      if (!due.isEmpty()) {
        assertThat(due).extracting(AddressProbe.Request::to).containsExactly(RELAY, STUN);
        sent.add(now.toEpochMilli());
      }
      now = probe.nextDeadline(now).orElseThrow();
    }
    assertThat(sent).containsExactly(0L, 100L, 300L, 700L, 1500L);
    assertThat(now.toEpochMilli()).isEqualTo(3000);
    assertThat(probe.address()).isEmpty();
    assertThat(probe.nextDeadline(now)).isEmpty();
  }

  @Test
  void whatIsAskedAgainIsTheSameQuestion() {
    List<AddressProbe.Request> first = probe.due(at(0));
    assertThat(probe.due(at(99))).isEmpty();
    assertThat(probe.due(at(100))).isEqualTo(first);
  }

  @Test
  void oneAnswerIsEnough() {
    StunMessage question = probe.due(at(0)).get(1).message();
    assertThat(probe.heard(answer(question), STUN)).isTrue();
    assertThat(probe.isOver(at(1))).isTrue();
    assertThat(probe.address()).contains(US);
    assertThat(probe.due(at(100))).isEmpty();
  }

  @Test
  void anAnswerCountsOnlyFromWhomWasAsked() {
    StunMessage question = probe.due(at(0)).get(1).message();
    assertThat(probe.heard(answer(question), RELAY)).isFalse();
    assertThat(probe.heard(answer(question), new InetSocketAddress("203.0.113.2", 1))).isFalse();
    assertThat(probe.address()).isEmpty();
  }

  @Test
  void anAnswerToNothingIsNoAnswer() {
    StunMessage other = StunMessage.bindingRequest(TransactionId.random(new SplittableRandom(2)));
    assertThat(probe.heard(answer(other), STUN)).isFalse();
  }

  @Test
  void anErrorSaysNothingOfTheAddress() {
    StunMessage question = probe.due(at(0)).getFirst().message();
    assertThat(probe.heard(question.answer(StunClass.ERROR, new ErrorCode(500, "")), RELAY))
        .isTrue();
    assertThat(probe.isOver(at(1))).isFalse();
  }

  @Test
  void whoHasAnsweredKeepsTheMappingAlive() {
    assertThat(probe.keepAlive()).isEmpty();
    StunMessage question = probe.due(at(0)).get(1).message();
    probe.heard(answer(question), STUN);
    assertThat(probe.keepAlive()).map(AddressProbe.Request::to).contains(STUN);
  }

  @Test
  void whoHasNobodyToAskDoesNotWait() {
    AddressProbe none = new AddressProbe(List.of(), Instant.EPOCH, new SplittableRandom(1));
    assertThat(none.isOver(Instant.EPOCH)).isTrue();
  }

  private static StunMessage answer(StunMessage question) {
    return question.answer(StunClass.SUCCESS, new XorMappedAddress(US));
  }

  private static Instant at(long millis) {
    return Instant.EPOCH.plusMillis(millis);
  }
}
