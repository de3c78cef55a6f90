package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.flow.PathChecks.Action;
import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.stun.IceAttribute.Priority;
import io.culvert.wire.stun.IceAttribute.UseCandidate;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathChecksTest {
  private static final Route LOCAL = direct("192.168.1.5", 4000);
  private static final Route PUBLIC = direct("203.0.113.5", 5000);
  private static final Route STRANGER = direct("198.51.100.66", 6666);
  private static final PeerAddresses PEER = PeerAddresses.of(LOCAL.to(), PUBLIC.to());
  private static final Username TO_US = new Username("113:112");
  private static final Username TO_THE_PEER = new Username("112:113");

  private final SplittableRandom random = new SplittableRandom(1);
  private final PathChecks checks =
      new PathChecks(new Party("bob", 113), new Party("alice", 112), random);

  @Test
  void aCheckIsABindingInTheReceiversAndTheSendersNumberWithAFingerprint() {
    List<Action.Send> sent = sends(checks.begin(PEER, at(0)));
    assertThat(sent).extracting(Action.Send::to).containsExactly(LOCAL, PUBLIC);
    assertThat(sent)
        .allSatisfy(send -> {
          assertThat(send.message().messageClass()).isEqualTo(StunClass.REQUEST);
          assertThat(send.message().method()).isEqualTo(StunMessage.BINDING);
          assertThat(send.message().attributes()).containsExactly(TO_THE_PEER, new Fingerprint());
        });
    assertThat(sent.get(0).message().transactionId())
        .isNotEqualTo(sent.get(1).message().transactionId());
  }

  @Test
  void anAnswerFromWhereTheCheckWentValidates() {
    StunMessage check = checkTo(LOCAL);
    assertThat(checks.heard(success(check), LOCAL, at(20)))
        .contains(new Action.Selected(Path.LOCAL, LOCAL));
    assertThat(checks.isPeer(LOCAL)).isTrue();
  }

  @Test
  void anAnswerFromElsewhereDoesNot() {
    StunMessage check = checkTo(LOCAL);
    assertThat(checks.heard(success(check), STRANGER, at(20))).isEmpty();
    assertThat(checks.heard(success(check), PUBLIC, at(20))).isEmpty();
    assertThat(checks.isPeer(STRANGER)).isFalse();
    assertThat(checks.isPeer(PUBLIC)).isFalse();
  }

  @Test
  void anAnswerToNoCheckDoesNot() {
    checks.begin(PEER, at(0));
    StunMessage other = StunMessage.bindingRequest(TransactionId.random(random));
    assertThat(checks.heard(success(other), LOCAL, at(20))).isEmpty();
    assertThat(checks.isPeer(LOCAL)).isFalse();
  }

  @Test
  void anErrorDoesNot() {
    StunMessage check = checkTo(LOCAL);
    StunMessage error = check.answer(StunClass.ERROR, new ErrorCode(400, ""));
    assertThat(checks.heard(error, LOCAL, at(20))).isEmpty();
    assertThat(checks.isPeer(LOCAL)).isFalse();
  }

  @Test
  void thePeersCheckIsAnsweredWithWhereItCameFrom() {
    StunMessage request = request(TO_US, new Fingerprint());
    assertThat(checks.heard(request, PUBLIC, at(0)))
        .containsExactly(
            new Action.Send(
                request.answer(
                    StunClass.SUCCESS, new XorMappedAddress(PUBLIC.to()), new Fingerprint()),
                PUBLIC));
    assertThat(checks.isPeer(PUBLIC)).isTrue();
  }

  @Test
  void aCheckWithoutAFingerprintIsOneToo() {
    assertThat(checks.heard(request(TO_US), PUBLIC, at(0))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"112:113", "113:", ":112", "113:112 ", "0113:112", "", "113:112:1"})
  void aCheckForSomebodyElseIsNotAnswered(String username) {
    checks.begin(PEER, at(0));
    assertThat(checks.heard(request(new Username(username)), PUBLIC, at(20))).isEmpty();
    assertThat(checks.isPeer(PUBLIC)).isFalse();
  }

  @Test
  void aCheckForNobodyIsNotAnswered() {
    assertThat(checks.heard(request(), PUBLIC, at(0))).isEmpty();
    assertThat(checks.isPeer(PUBLIC)).isFalse();
  }

  @Test
  void whatMustBeUnderstoodAndIsNotIsSaidSo() {
    StunMessage request = request(TO_US, new Unknown(0x0012, new byte[4]));
    assertThat(checks.heard(request, PUBLIC, at(0)))
        .containsExactly(
            new Action.Send(
                request.answer(
                    StunClass.ERROR,
                    new ErrorCode(420, "Unknown Attribute"),
                    new UnknownAttributes(List.of(0x0012)),
                    new Fingerprint()),
                PUBLIC));
    assertThat(checks.isPeer(PUBLIC)).isFalse();
  }

  @Test
  void theAttributesOfIceAreUnderstood() {
    StunMessage request = request(TO_US, new Priority(1), new UseCandidate());
    assertThat(sends(checks.heard(request, PUBLIC, at(0))))
        .extracting(send -> send.message().messageClass())
        .containsExactly(StunClass.SUCCESS);
  }

  @Test
  void aCheckFromAnUnknownAddressIsCheckedBackAtOnce() {
    checks.begin(PEER, at(0));
    Route otherPort = direct("203.0.113.5", 5001);
    List<Action.Send> sent = sends(checks.heard(request(TO_US), otherPort, at(250)));
    assertThat(sent).extracting(Action.Send::to).contains(otherPort, otherPort);
    assertThat(sent)
        .extracting(send -> send.message().messageClass())
        .containsSequence(StunClass.SUCCESS)
        .contains(StunClass.REQUEST);
  }

  @Test
  void theWayOfAnEarlyCheckIsTriedWhenTheSearchBegins() {
    checks.heard(request(TO_US), STRANGER, at(0));
    assertThat(sends(checks.begin(PEER, at(100)))).extracting(Action.Send::to).contains(STRANGER);
  }

  @Test
  void whoKnowsTheNumbersCannotFillTheMemoryNorKeepThePeerOut() {
    checks.begin(PEER, at(0));
    for (int port = 1; port <= 1000; port++) {
      checks.heard(request(TO_US), direct("198.51.100.66", port), at(0));
    }
    assertThat(checks.isPeer(direct("198.51.100.66", 1000))).isFalse();
    StunMessage check =
        sends(checks.deadlineReached(at(100))).stream()
            .filter(send -> send.to().equals(LOCAL))
            .findFirst()
            .orElseThrow()
            .message();
    checks.heard(success(check), LOCAL, at(120));
    assertThat(checks.isPeer(LOCAL)).isTrue();
  }

  @Test
  void anIndicationOrAnotherMethodSaysNothing() {
    StunMessage indication =
        new StunMessage(
            StunClass.INDICATION,
            StunMessage.BINDING,
            TransactionId.random(random),
            List.of(TO_US));
    StunMessage allocate =
        new StunMessage(StunClass.REQUEST, 3, TransactionId.random(random), List.of(TO_US));
    assertThat(checks.heard(indication, PUBLIC, at(0))).isEmpty();
    assertThat(checks.heard(allocate, PUBLIC, at(0))).isEmpty();
    assertThat(checks.isPeer(PUBLIC)).isFalse();
  }

  @Test
  void aRelayThatOpensIsOneMoreWay() {
    checks.begin(PEER, at(0));
    Route throughIt = Route.relayed(PUBLIC.to());
    List<Action.Send> sent = sends(checks.relayOpened(at(50)));
    assertThat(sent).extracting(Action.Send::to).containsExactly(throughIt);
    assertThat(checks.heard(success(sent.getFirst().message()), throughIt, at(90)))
        .contains(new Action.Selected(Path.RELAY, throughIt));
    assertThat(checks.isPeer(throughIt)).isTrue();
    assertThat(checks.isPeer(PUBLIC)).isFalse();
  }

  @Test
  void anAnswerThatHasTakenAnotherWayThanItsCheckSaysNothing() {
    checks.begin(PEER, at(0));
    StunMessage check = sends(checks.relayOpened(at(50))).getFirst().message();
    assertThat(checks.heard(success(check), PUBLIC, at(90))).isEmpty();
  }

  @Test
  void afterTwelveSecondsWithoutAnAnswerItHasFailed() {
    List<Action> actions = checks.begin(PEER, at(0));
    while (checks.nextDeadline().isPresent()) {
      actions = checks.deadlineReached(checks.nextDeadline().get());
    }
    assertThat(actions).last().isEqualTo(new Action.Failed(240));
  }

  private StunMessage checkTo(Route address) {
    return sends(checks.begin(PEER, at(0))).stream()
        .filter(send -> send.to().equals(address))
        .findFirst()
        .orElseThrow()
        .message();
  }

  private StunMessage request(StunAttribute... attributes) {
    return StunMessage.bindingRequest(TransactionId.random(random), attributes);
  }

  private static StunMessage success(StunMessage check) {
    return check.answer(StunClass.SUCCESS, new XorMappedAddress(STRANGER.to()), new Fingerprint());
  }

  private static List<Action.Send> sends(List<Action> actions) {
    return actions.stream()
        .filter(Action.Send.class::isInstance)
        .map(Action.Send.class::cast)
        .toList();
  }

  private static Route direct(String ip, int port) {
    return Route.direct(new InetSocketAddress(ip, port));
  }

  private static Instant at(long millis) {
    return Instant.EPOCH.plusMillis(millis);
  }
}
