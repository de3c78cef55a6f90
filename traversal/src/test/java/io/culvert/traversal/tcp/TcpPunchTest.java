package io.culvert.traversal.tcp;

import static io.culvert.traversal.Path.LOCAL;
import static io.culvert.traversal.Path.PUBLIC;
import static io.culvert.traversal.tcp.DialError.CONNECTED_ALREADY;
import static io.culvert.traversal.tcp.DialError.REFUSED;
import static io.culvert.traversal.tcp.DialError.UNREACHABLE;
import static io.culvert.traversal.tcp.PunchOnPaper.BOB;
import static io.culvert.traversal.tcp.PunchOnPaper.LOCAL_ADDRESS;
import static io.culvert.traversal.tcp.PunchOnPaper.PUBLIC_ADDRESS;
import static io.culvert.traversal.tcp.TcpPunch.Role.CALLEE;
import static io.culvert.traversal.tcp.TcpPunch.Role.INVITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.tcp.PunchFailure.Reason;
import io.culvert.traversal.tcp.PunchOnPaper.Timed;
import io.culvert.traversal.tcp.TcpPunch.Action;
import io.culvert.traversal.tcp.TcpPunch.Event;
import io.culvert.traversal.tcp.TcpPunch.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TcpPunchTest {
  private static final InetSocketAddress ANOTHER_PORT = address("203.0.113.7", 61000);

  @Nested
  class WhomItDials {
    @ParameterizedTest
    @EnumSource
    void dialsBothAddressesAtOnce(Role role) {
      assertThat(PunchOnPaper.by(role).start()).containsExactly(dial(LOCAL), dial(PUBLIC));
    }

    @Test
    void dialsAPeerWithoutANatOnce() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER, PUBLIC_ADDRESS, PUBLIC_ADDRESS);
      assertThat(punch.start()).containsExactly(new Action.Dial(PUBLIC, PUBLIC_ADDRESS));
    }

    @ParameterizedTest
    @CsvSource({"192.168.1.5", "10.0.0.1", "172.16.0.1", "169.254.1.1", "127.0.0.1"})
    void callsTheOneAddressLocalWhenTheWorldCannotUseIt(String ip) {
      InetSocketAddress address = address(ip, 4000);
      PunchOnPaper punch = PunchOnPaper.by(INVITER, address, address);
      assertThat(punch.start()).containsExactly(new Action.Dial(LOCAL, address));
      assertThat(punch.accepted(1, address)).containsExactly(ack(1));
      assertThat(punch.ack(1, BOB)).containsExactly(abandon(LOCAL), succeeded(1, LOCAL));
    }

    @ParameterizedTest
    @CsvSource({
      "192.168.1.5, 0",
      "0.0.0.0, 4000",
      "224.0.0.1, 4000",
      "239.255.255.250, 4000",
      "240.0.0.1, 4000",
      "255.255.255.255, 4000",
      "127.0.0.1, 4000",
      "127.255.0.1, 4000"
    })
    void leavesOutALocalAddressThatNobodyCanHave(String ip, int port) {
      PunchOnPaper punch = PunchOnPaper.by(INVITER, address(ip, port), PUBLIC_ADDRESS);
      assertThat(punch.start()).containsExactly(dial(PUBLIC));
    }

    @ParameterizedTest
    @CsvSource({
      "203.0.113.7, 0",
      "0.0.0.0, 4000",
      "224.0.0.1, 4000",
      "240.0.0.1, 4000",
      "255.255.255.255, 4000"
    })
    void leavesOutAPublicAddressThatNobodyCanHave(String ip, int port) {
      PunchOnPaper punch = PunchOnPaper.by(INVITER, LOCAL_ADDRESS, address(ip, port));
      assertThat(punch.start()).containsExactly(dial(LOCAL));
    }

    @Test
    void dialsThisMachineWhenThePeerIsSeenOnIt() {
      InetSocketAddress loopback = address("127.0.0.1", 4001);
      PunchOnPaper punch = PunchOnPaper.by(INVITER, LOCAL_ADDRESS, loopback);
      assertThat(punch.start()).containsExactly(dial(LOCAL), new Action.Dial(PUBLIC, loopback));
    }

    @Test
    void waitsForThePeersDialWhenItCannotDialItself() {
      InetSocketAddress nowhere = address("0.0.0.0", 0);
      PunchOnPaper punch = PunchOnPaper.by(INVITER, nowhere, nowhere);
      assertThat(punch.start()).isEmpty();
      assertThat(punch.at(11_000).accepted(1, ANOTHER_PORT)).containsExactly(ack(1));
      assertThat(punch.ack(1, BOB)).containsExactly(succeeded(1, PUBLIC));
    }
  }

  @Nested
  class Attempts {
    private final PunchOnPaper punch = PunchOnPaper.by(CALLEE);

    @Test
    void takeLongerEachTimeWithinARoundOfThreeSeconds() {
      punch.start();
      assertThat(punch.until(6000))
          .containsExactly(
              at(500, abandon(LOCAL)),
              at(500, dial(LOCAL)),
              at(500, abandon(PUBLIC)),
              at(500, dial(PUBLIC)),
              at(3000, abandon(LOCAL)),
              at(3000, dial(LOCAL)),
              at(3000, abandon(PUBLIC)),
              at(3000, dial(PUBLIC)),
              at(3500, abandon(LOCAL)),
              at(3500, dial(LOCAL)),
              at(3500, abandon(PUBLIC)),
              at(3500, dial(PUBLIC)),
              at(6000, abandon(LOCAL)),
              at(6000, dial(LOCAL)),
              at(6000, abandon(PUBLIC)),
              at(6000, dial(PUBLIC)));
    }

    @Test
    void areNeverRepeatedByBothSidesAtTheSameMoment() {
      List<Long> callees = repetitions(CALLEE);
      List<Long> inviters = repetitions(INVITER);
      assertThat(inviters).hasSize(7).hasSameSizeAs(callees);
      assertThat(inviters)
          .allSatisfy(one ->
              assertThat(callees)
                  .allSatisfy(other -> assertThat(Math.abs(one - other)).isGreaterThan(200)));
    }

    private List<Long> repetitions(Role role) {
      PunchOnPaper side = PunchOnPaper.by(role);
      side.start();
      return side.until(12_000).stream()
          .filter(timed -> timed.action().equals(dial(PUBLIC)))
          .map(Timed::millis)
          .toList();
    }

    @ParameterizedTest
    @EnumSource
    void areRepeatedAShortPauseAfterTheyFailed(DialError error) {
      punch.start();
      assertThat(punch.at(20).dialFailed(PUBLIC, error)).isEmpty();
      assertThat(punch.until(499)).containsExactly(at(120, dial(PUBLIC)));
    }

    @Test
    void areRepeatedSoonerWhenTheOneGivenUpStillHoldsTheAddresses() {
      punch.start();
      assertThat(punch.until(500)).contains(at(500, abandon(PUBLIC)), at(500, dial(PUBLIC)));
      assertThat(punch.dialFailed(PUBLIC, CONNECTED_ALREADY)).isEmpty();
      assertThat(punch.until(510)).containsExactly(at(510, dial(PUBLIC)));
      assertThat(punch.dialFailed(PUBLIC, CONNECTED_ALREADY)).isEmpty();
      assertThat(punch.until(610)).containsExactly(at(610, dial(PUBLIC)));
    }

    @Test
    void thatFollowAFailureArePatientLikeAnyOther() {
      punch.start();
      punch.at(20).dialFailed(PUBLIC, REFUSED);
      assertThat(punch.until(2620))
          .contains(at(120, dial(PUBLIC)), at(2620, abandon(PUBLIC)), at(2620, dial(PUBLIC)));
    }

    @Test
    void areRepeatedAsLongAsSomebodyRefusesThem() {
      punch.start();
      punch.dialFailed(LOCAL, UNREACHABLE);
      for (int millis = 0; millis < 2000; millis += 110) {
        punch.skipTo(millis);
        assertThat(punch.dialFailed(PUBLIC, REFUSED)).isEmpty();
        assertThat(punch.until(millis + 100)).contains(at(millis + 100, dial(PUBLIC)));
      }
    }

    @Test
    void onOnePathDoNotDependOnTheOther() {
      punch.start();
      punch.at(200).dialFailed(LOCAL, REFUSED);
      assertThat(punch.until(500))
          .containsExactly(at(300, dial(LOCAL)), at(500, abandon(PUBLIC)), at(500, dial(PUBLIC)));
    }

    @Test
    void endAfterFourRounds() {
      punch.start();
      assertThat(punch.until(11_999).stream().map(Timed::action)).endsWith(dial(PUBLIC));
      assertThat(punch.until(12_000))
          .hasSize(3)
          .startsWith(at(12_000, abandon(LOCAL)), at(12_000, abandon(PUBLIC)));
      assertThat(punch.until(60_000)).isEmpty();
    }

    @Test
    void endAfterTwoRoundsWhenThePeersNatHasChangedItsPort() {
      PunchOnPaper changed = PunchOnPaper.by(CALLEE, LOCAL_ADDRESS, ANOTHER_PORT);
      changed.start();
      changed.skipTo(5999);
      assertThat(changed.until(6000))
          .hasSize(3)
          .startsWith(at(6000, abandon(LOCAL)), at(6000, abandon(PUBLIC)));
    }

    @Test
    void thatSucceedAreNotRepeated() {
      punch.start();
      assertThat(punch.at(10).dialed(PUBLIC, 1)).isEmpty();
      punch.dialFailed(LOCAL, REFUSED);
      assertThat(punch.until(3009).stream().map(Timed::action)).doesNotContain(dial(PUBLIC));
    }

    @Test
    void inFlightGoOnWhenThePeersDialCameFirstButAreNotRepeated() {
      punch.start();
      punch.at(10).accepted(1, PUBLIC_ADDRESS);
      assertThat(punch.until(3009))
          .contains(at(500, abandon(PUBLIC)), at(500, dial(LOCAL)))
          .doesNotContain(at(500, dial(PUBLIC)))
          .filteredOn(timed -> timed.action().equals(dial(PUBLIC)))
          .isEmpty();
    }

    @Test
    void inFlightMayStillSucceedWhenThePeersDialCameFirst() {
      punch.start();
      punch.at(10).accepted(1, ANOTHER_PORT);
      punch.at(20).dialed(PUBLIC, 2);
      assertThat(punch.ack(2, BOB))
          .containsExactly(ack(2), abandon(LOCAL), close(1), succeeded(2, PUBLIC));
    }

    @Test
    void thatThePeersDialMadeNeedlessAreNotRepeatedEither() {
      punch.start();
      punch.at(10).dialFailed(PUBLIC, CONNECTED_ALREADY);
      punch.at(11).accepted(1, PUBLIC_ADDRESS);
      assertThat(punch.until(2000).stream().map(Timed::action)).doesNotContain(dial(PUBLIC));
    }

    @Test
    void areTakenUpAgainWhenTheOnlyPublicLinkIsLost() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(punch.at(400).lost(1)).isEmpty();
      assertThat(punch.until(501))
          .containsExactly(at(500, abandon(LOCAL)), at(500, dial(LOCAL)), at(500, dial(PUBLIC)));
    }

    @Test
    void areNotTakenUpAgainWhileAnotherPublicLinkIsUp() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      punch.accepted(2, ANOTHER_PORT);
      punch.at(20).lost(1);
      assertThat(punch.until(3009).stream().map(Timed::action)).doesNotContain(dial(PUBLIC));
    }

    @Test
    void inFlightAreNotDoubledWhenALinkIsLost() {
      punch.start();
      punch.at(10).accepted(1, PUBLIC_ADDRESS);
      punch.at(20).lost(1);
      assertThat(punch.until(500))
          .containsExactly(
              at(500, abandon(LOCAL)),
              at(500, dial(LOCAL)),
              at(500, abandon(PUBLIC)),
              at(500, dial(PUBLIC)));
    }

    @Test
    void endWithTheRoundsEvenWhenTheLastLinkIsLostLater() {
      punch.start();
      punch.skipTo(11_000);
      punch.dialed(PUBLIC, 1);
      punch.skipTo(12_500);
      List<Action> end = punch.lost(1);
      assertThat(end).hasSize(1);
      assertThat(end.getFirst()).isInstanceOf(Action.Failed.class);
    }

    @Test
    void areNotDisturbedByATimerThatIsLateOrEarly() {
      punch.start();
      assertThat(punch.at(499).start()).isEmpty();
      PunchOnPaper late = PunchOnPaper.by(CALLEE);
      late.start();
      late.dialFailed(LOCAL, REFUSED);
      // Nothing happens between 100 and 700 ms: the machine is asleep.
      assertThat(late.sleepUntil(700).start())
          .containsExactly(dial(LOCAL), abandon(PUBLIC), dial(PUBLIC));
      assertThat(late.until(3200)).contains(at(3200, abandon(PUBLIC)), at(3200, dial(PUBLIC)));
    }

    @Test
    void endAtOnceWhenTheMachineSleptThroughAllOfThem() {
      punch.start();
      assertThat(punch.sleepUntil(100_000).start())
          .hasSize(3)
          .startsWith(abandon(LOCAL), abandon(PUBLIC));
    }
  }

  @Nested
  class WhatTheInviterNominates {
    private final PunchOnPaper punch = PunchOnPaper.by(INVITER);

    @Test
    void aLocalLinkAtOnce() {
      punch.start();
      assertThat(punch.at(10).dialed(LOCAL, 1)).containsExactly(ack(1));
      assertThat(punch.at(20).ack(1, BOB)).containsExactly(abandon(PUBLIC), succeeded(1, LOCAL));
    }

    @Test
    void aLocalLinkThatFollowsAPublicOneWithin50Milliseconds() {
      punch.start();
      assertThat(punch.at(10).dialed(PUBLIC, 1)).isEmpty();
      assertThat(punch.at(59).accepted(2, LOCAL_ADDRESS)).containsExactly(ack(2));
      assertThat(punch.at(70).ack(2, BOB))
          .containsExactly(abandon(LOCAL), close(1), succeeded(2, LOCAL));
    }

    @Test
    void aPublicLinkWhenNoLocalOneFollows() {
      punch.start();
      assertThat(punch.at(10).dialed(PUBLIC, 1)).isEmpty();
      assertThat(punch.until(60)).containsExactly(at(60, ack(1)));
      assertThat(punch.at(80).ack(1, BOB)).containsExactly(abandon(LOCAL), succeeded(1, PUBLIC));
    }

    @Test
    void aPublicLinkAfterTheSameWaitInALaterRound() {
      punch.start();
      punch.skipTo(4000);
      assertThat(punch.accepted(1, PUBLIC_ADDRESS)).isEmpty();
      assertThat(punch.until(4050)).containsExactly(at(4050, ack(1)));
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "UNREACHABLE"})
    void aPublicLinkAtOnceWhenTheLocalAddressDoesNotAnswer(DialError error) {
      punch.start();
      punch.at(5).dialFailed(LOCAL, error);
      assertThat(punch.at(10).dialed(PUBLIC, 1)).containsExactly(ack(1));
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "UNREACHABLE"})
    void aPublicLinkAsSoonAsTheLocalAddressHasFailed(DialError error) {
      punch.start();
      assertThat(punch.at(10).dialed(PUBLIC, 1)).isEmpty();
      assertThat(punch.at(30).dialFailed(LOCAL, error)).containsExactly(ack(1));
    }

    @Test
    void aLocalLinkThatIsMadeAlreadyButNotYetAccepted() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(punch.at(20).dialFailed(LOCAL, CONNECTED_ALREADY)).isEmpty();
      assertThat(punch.at(30).accepted(2, LOCAL_ADDRESS)).containsExactly(ack(2));
    }

    @Test
    void aPublicLinkAtOnceWhenThereIsNoLocalAddress() {
      PunchOnPaper direct = PunchOnPaper.by(INVITER, PUBLIC_ADDRESS, PUBLIC_ADDRESS);
      direct.start();
      assertThat(direct.at(10).dialed(PUBLIC, 1)).containsExactly(ack(1));
    }

    @Test
    void theOldestOfSeveralPublicLinks() {
      punch.start();
      punch.at(10).accepted(7, ANOTHER_PORT);
      punch.at(20).dialed(PUBLIC, 3);
      assertThat(punch.until(100)).containsExactly(at(60, ack(7)));
    }

    @Test
    void oneLinkOnlyWhateverFollows() {
      punch.start();
      punch.at(5).dialFailed(LOCAL, REFUSED);
      assertThat(punch.at(10).dialed(PUBLIC, 1)).containsExactly(ack(1));
      assertThat(punch.at(20).accepted(2, ANOTHER_PORT)).isEmpty();
      assertThat(punch.at(30).accepted(3, LOCAL_ADDRESS)).isEmpty();
      assertThat(punch.at(40).ack(1, BOB))
          .containsExactly(close(2), close(3), succeeded(1, PUBLIC));
    }

    @Test
    void theNextLinkWhenTheFirstIsLost() {
      punch.start();
      assertThat(punch.at(10).dialed(LOCAL, 1)).containsExactly(ack(1));
      assertThat(punch.at(20).dialed(PUBLIC, 2)).isEmpty();
      assertThat(punch.at(30).lost(1)).containsExactly(ack(2));
    }

    @Test
    void theNextLinkWhenSomebodyElseAnswersOnTheFirst() {
      punch.start();
      assertThat(punch.at(10).dialed(LOCAL, 1)).containsExactly(ack(1));
      assertThat(punch.at(20).dialed(PUBLIC, 2)).isEmpty();
      assertThat(punch.at(30).ack(1, "mallory")).containsExactly(close(1), ack(2));
      assertThat(punch.at(40).ack(2, BOB)).containsExactly(succeeded(2, PUBLIC));
    }

    @Test
    void theNextLinkWhenALocalStrangerIsSilentForASecond() {
      punch.start();
      assertThat(punch.at(10).dialed(LOCAL, 1)).containsExactly(ack(1));
      assertThat(punch.at(20).dialed(PUBLIC, 2)).isEmpty();
      assertThat(punch.until(1009)).isEmpty();
      assertThat(punch.until(1010)).containsExactly(at(1010, close(1)), at(1010, ack(2)));
      assertThat(punch.at(1100).ack(2, BOB)).containsExactly(succeeded(2, PUBLIC));
    }

    @Test
    void aPublicLinkAsSoonAsOneIsUpWhenTheLocalOneHasBeenSilentForASecond() {
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      assertThat(punch.until(1499))
          .containsExactly(at(750, abandon(PUBLIC)), at(750, dial(PUBLIC)));
      assertThat(punch.dialed(PUBLIC, 2)).containsExactly(close(1), ack(2));
    }

    @Test
    void theLocalLinkForThreeSecondsWhenThereIsNoOther() {
      punch.start();
      assertThat(punch.at(10).dialed(LOCAL, 1)).containsExactly(ack(1));
      assertThat(punch.until(3009).stream().map(Timed::action)).doesNotContain(close(1));
      PunchOnPaper patient = PunchOnPaper.by(INVITER);
      patient.start();
      patient.at(10).dialed(LOCAL, 1);
      assertThat(patient.until(3010)).contains(at(3010, close(1)));
      assertThat(punch.ack(1, BOB)).contains(succeeded(1, LOCAL));
    }

    @Test
    void anotherLinkOfTheOnlyAddressWhenTheFirstIsSilent() {
      PunchOnPaper alone = PunchOnPaper.by(INVITER, LOCAL_ADDRESS, LOCAL_ADDRESS);
      alone.start();
      assertThat(alone.at(10).dialed(LOCAL, 1)).containsExactly(ack(1));
      assertThat(alone.until(3110)).containsExactly(at(3010, close(1)), at(3110, dial(LOCAL)));
    }

    @Test
    void noLocalStrangerASecondTime() {
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.at(20).ack(1, "mallory");
      assertThat(punch.until(11_999).stream().map(Timed::action)).doesNotContain(dial(LOCAL));
    }

    @Test
    void theNextLinkWhenAPublicOneIsSilentForThreeSeconds() {
      punch.start();
      punch.dialFailed(LOCAL, UNREACHABLE);
      assertThat(punch.at(10).dialed(PUBLIC, 1)).containsExactly(ack(1));
      assertThat(punch.at(20).accepted(2, ANOTHER_PORT)).isEmpty();
      punch.skipTo(3009);
      assertThat(punch.until(3010)).containsExactly(at(3010, close(1)), at(3010, ack(2)));
    }

    @Test
    void nobodyWhoNamedItselfDifferentlyBefore() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(punch.at(20).ack(1, "mallory")).containsExactly(close(1));
      assertThat(punch.until(499)).containsExactly(at(120, dial(PUBLIC)));
    }

    @Test
    void aPeerThatHasNamedItselfBeforeWithoutWaitingForItsAnswer() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(punch.at(20).ack(1, BOB)).isEmpty();
      assertThat(punch.until(60))
          .containsExactly(at(60, ack(1)), at(60, abandon(LOCAL)), at(60, succeeded(1, PUBLIC)));
    }

    @Test
    void aPeerThatHasNamedItselfWhileAnotherLinkWasTried() {
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.at(20).dialed(PUBLIC, 2);
      assertThat(punch.at(30).ack(2, BOB)).isEmpty();
      assertThat(punch.at(40).lost(1)).containsExactly(ack(2), succeeded(2, PUBLIC));
    }

    @Test
    void nothingThatIsLostWhileItWaitsForALocalLink() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      punch.at(20).lost(1);
      assertThat(punch.until(499)).containsExactly(at(120, dial(PUBLIC)));
    }
  }

  @Nested
  class WhatTheCalleeAnswers {
    private final PunchOnPaper punch = PunchOnPaper.by(CALLEE);

    @Test
    void theFirstLinkOnWhichTheInviterSaysItsName() {
      punch.start();
      punch.at(10).accepted(1, PUBLIC_ADDRESS);
      punch.at(20).accepted(2, LOCAL_ADDRESS);
      punch.at(30).accepted(3, ANOTHER_PORT);
      assertThat(punch.at(40).ack(2, BOB))
          .containsExactly(
              ack(2), abandon(LOCAL), abandon(PUBLIC), close(1), close(3), succeeded(2, LOCAL));
    }

    @Test
    void nothingBeforeTheInviterSpeaks() {
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.at(20).dialed(PUBLIC, 2);
      assertThat(punch.until(3009)).isEmpty();
    }

    @Test
    void noLinkThatTheInviterLeavesSilentForThreeSecondsButTheNext() {
      punch.start();
      punch.dialFailed(LOCAL, UNREACHABLE);
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(punch.until(3110)).contains(at(3010, close(1)), at(3110, dial(PUBLIC)));
      punch.dialed(PUBLIC, 2);
      assertThat(punch.ack(2, BOB)).startsWith(ack(2)).endsWith(succeeded(2, PUBLIC));
    }

    @Test
    void noStrangerWhomItClosesWithoutTouchingTheOthers() {
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.at(20).dialed(PUBLIC, 2);
      assertThat(punch.at(30).ack(1, "mallory")).containsExactly(close(1));
      assertThat(punch.at(40).ack(2, BOB)).containsExactly(ack(2), succeeded(2, PUBLIC));
    }

    @Test
    void theInviterAfterAPublicStrangerHasGone() {
      punch.start();
      punch.at(10).accepted(1, address("198.51.100.66", 31337));
      assertThat(punch.at(20).ack(1, "mallory")).containsExactly(close(1));
      punch.at(30).dialed(PUBLIC, 2);
      assertThat(punch.at(40).ack(2, BOB))
          .containsExactly(ack(2), abandon(LOCAL), succeeded(2, PUBLIC));
    }

    @Test
    void aNameThatDiffersInCaseOnlyIsAnotherName() {
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(punch.ack(1, "Bob")).containsExactly(close(1));
    }
  }

  @Nested
  class Links {
    @ParameterizedTest
    @EnumSource
    void thatNobodyKnowsAreIgnored(Role role) {
      PunchOnPaper punch = PunchOnPaper.by(role);
      punch.start();
      assertThat(punch.at(10).ack(1, BOB)).isEmpty();
      assertThat(punch.ack(1, "mallory")).isEmpty();
      assertThat(punch.lost(1)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void thatAreLostOrClosedAreForgotten(Role role) {
      PunchOnPaper punch = PunchOnPaper.by(role);
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.lost(1);
      punch.dialed(PUBLIC, 2);
      punch.ack(2, "mallory");
      assertThat(punch.ack(1, BOB)).isEmpty();
      assertThat(punch.ack(2, BOB)).isEmpty();
      assertThat(punch.lost(2)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
      "192.168.1.5, 4000, LOCAL",
      "192.168.1.5, 61000, LOCAL",
      "203.0.113.7, 4000, PUBLIC",
      "203.0.113.7, 61000, PUBLIC",
      "198.51.100.1, 4000, PUBLIC",
      "192.168.1.6, 4000, PUBLIC"
    })
    void areOnThePathThatTheAddressOfTheOtherEndTells(String ip, int port, Path path) {
      PunchOnPaper punch = PunchOnPaper.by(CALLEE);
      punch.start();
      punch.at(10).accepted(1, address(ip, port));
      assertThat(punch.ack(1, BOB)).endsWith(succeeded(1, path));
    }

    @Test
    void ofAPeerWithoutANatAreOnThePublicPath() {
      PunchOnPaper punch = PunchOnPaper.by(CALLEE, PUBLIC_ADDRESS, PUBLIC_ADDRESS);
      punch.start();
      punch.at(10).accepted(1, PUBLIC_ADDRESS);
      assertThat(punch.ack(1, BOB)).endsWith(succeeded(1, PUBLIC));
    }

    @Test
    void thatAreUpWhenTheRoundsEndGetTheTimeForAnAnswer() {
      PunchOnPaper punch = PunchOnPaper.by(CALLEE);
      punch.start();
      punch.skipTo(11_900);
      punch.accepted(1, PUBLIC_ADDRESS);
      assertThat(punch.until(14_899))
          .containsExactly(at(12_000, abandon(LOCAL)), at(12_000, abandon(PUBLIC)));
      assertThat(punch.ack(1, BOB)).containsExactly(ack(1), succeeded(1, PUBLIC));
    }

    @Test
    void thatComeUpAtTheVeryEndAreNominatedStill() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER);
      punch.start();
      punch.skipTo(11_980);
      assertThat(punch.dialed(PUBLIC, 1)).isEmpty();
      assertThat(punch.until(12_900))
          .containsExactly(at(12_000, abandon(LOCAL)), at(12_000, ack(1)));
      assertThat(punch.ack(1, BOB)).containsExactly(succeeded(1, PUBLIC));
    }
  }

  @Nested
  class TheEnd {
    @ParameterizedTest
    @EnumSource
    void isFinalAfterSuccess(Role role) {
      PunchOnPaper punch = PunchOnPaper.by(role);
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      assertThat(punch.ack(1, BOB)).endsWith(succeeded(1, LOCAL));
      assertNothingMatters(punch);
    }

    @ParameterizedTest
    @EnumSource
    void isFinalAfterFailure(Role role) {
      PunchOnPaper punch = PunchOnPaper.by(role);
      punch.start();
      punch.skipTo(12_000);
      assertNothingMatters(punch);
    }

    private void assertNothingMatters(PunchOnPaper punch) {
      assertThat(punch.nextDeadline()).isEmpty();
      assertThat(punch.accepted(8, PUBLIC_ADDRESS)).isEmpty();
      assertThat(punch.ack(8, BOB)).isEmpty();
      assertThat(punch.ack(1, "mallory")).isEmpty();
      assertThat(punch.lost(8)).isEmpty();
      assertThat(punch.dialed(PUBLIC, 9)).isEmpty();
      assertThat(punch.dialFailed(PUBLIC, REFUSED)).isEmpty();
      assertThat(punch.tell(new Event.DeadlineReached())).isEmpty();
      assertThat(punch.nextDeadline()).isEmpty();
    }
  }

  @Nested
  class TheReasonOfAFailure {
    @Test
    void isThatNothingCameThrough() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER);
      punch.start();
      punch.at(10).dialFailed(LOCAL, UNREACHABLE);
      punch.at(20).dialFailed(PUBLIC, REFUSED);
      assertThat(failure(punch, 12_000))
          .isEqualTo(
              new PunchFailure(
                  Reason.NOTHING_CAME_THROUGH,
                  "Nothing got through to bob at 203.0.113.7:4000 in 12 s"
                      + " (18 attempts: 16 unanswered, 1 refused, 1 without a route)."
                      + " Perhaps bob is gone, a firewall forbids it, or this side's NAT picks a"
                      + " new port for every destination (a symmetric NAT)."));
    }

    @Test
    void isThatThePeersNatMayBeSymmetric() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER, LOCAL_ADDRESS, ANOTHER_PORT);
      punch.start();
      assertThat(failure(punch, 6000))
          .isEqualTo(
              new PunchFailure(
                  Reason.NOTHING_CAME_THROUGH,
                  "Nothing got through to bob at 203.0.113.7:61000 in 6 s (8 attempts: 8"
                      + " unanswered). The NAT of bob made port 61000 of port 4000: probably it"
                      + " picks a new one for every destination (a symmetric NAT), which a TCP punch"
                      + " cannot pass."));
    }

    @Test
    void isThatOnlyStrangersAnswered() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER);
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.at(20).ack(1, "mallory");
      assertThat(failure(punch, 12_000)).isEqualTo(onlyStrangers());
    }

    @Test
    void isThatOnlyAStrangerWasThereWhoSaidNothing() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER);
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      assertThat(failure(punch, 12_000)).isEqualTo(onlyStrangers());
    }

    @Test
    void isThatOnlyStrangersSpokeToTheCallee() {
      PunchOnPaper punch = PunchOnPaper.by(CALLEE);
      punch.start();
      punch.at(10).accepted(1, address("198.51.100.66", 31337));
      punch.at(20).ack(1, "mallory");
      assertThat(failure(punch, 12_000)).isEqualTo(onlyStrangers());
    }

    @Test
    void isThatTheInviterDidNotSpeak() {
      PunchOnPaper punch = PunchOnPaper.by(CALLEE);
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      assertThat(failure(punch, 12_000)).isEqualTo(wentSilent());
    }

    @Test
    void isThatTheCalleeDidNotAnswer() {
      PunchOnPaper punch = PunchOnPaper.by(INVITER);
      punch.start();
      punch.at(10).dialed(PUBLIC, 1);
      punch.skipTo(11_000);
      assertThat(failure(punch, 12_000)).isEqualTo(wentSilent());
    }

    @Test
    void isThatThePeerWentSilentEvenIfThereWereStrangersToo() {
      PunchOnPaper punch = PunchOnPaper.by(CALLEE);
      punch.start();
      punch.at(10).dialed(LOCAL, 1);
      punch.ack(1, "mallory");
      punch.dialed(PUBLIC, 2);
      assertThat(failure(punch, 12_000)).isEqualTo(wentSilent());
    }

    private PunchFailure onlyStrangers() {
      return new PunchFailure(
          Reason.ONLY_STRANGERS,
          "Only strangers answered on the addresses of bob; nothing got through to bob itself at"
              + " 203.0.113.7:4000 in 12 s.");
    }

    private PunchFailure wentSilent() {
      return new PunchFailure(
          Reason.PEER_WENT_SILENT,
          "A connection to bob came up, but bob did not speak on it; it may have gone away.");
    }

    private PunchFailure failure(PunchOnPaper punch, long millis) {
      punch.skipTo(millis - 1);
      List<Timed> end = punch.until(millis);
      assertThat(end).isNotEmpty();
      assertThat(end.getLast().action()).isInstanceOf(Action.Failed.class);
      return ((Action.Failed) end.getLast().action()).failure();
    }
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static Timed at(long millis, Action action) {
    return new Timed(millis, action);
  }

  private static Action dial(Path path) {
    return new Action.Dial(path, path == LOCAL ? LOCAL_ADDRESS : PUBLIC_ADDRESS);
  }

  private static Action abandon(Path path) {
    return new Action.AbandonDial(path);
  }

  private static Action ack(int link) {
    return new Action.SendAck(link);
  }

  private static Action close(int link) {
    return new Action.CloseLink(link);
  }

  private static Action succeeded(int link, Path path) {
    return new Action.Succeeded(link, path);
  }
}
