package io.culvert.traversal.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.udp.PathProbing.Action;
import io.culvert.traversal.udp.PathProbing.Pace;
import io.culvert.traversal.udp.Search.Said;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PathProbingTest {
  private static final InetSocketAddress LOCAL = new InetSocketAddress("192.168.1.2", 4000);
  private static final InetSocketAddress PUBLIC = new InetSocketAddress("203.0.113.2", 4000);
  private static final InetSocketAddress OTHER_PORT = new InetSocketAddress("203.0.113.2", 61234);
  private static final InetSocketAddress RELAYED = new InetSocketAddress("203.0.113.9", 50_000);
  private static final Pace PACE =
      new Pace(millis(200), millis(10_000), millis(15_000), millis(45_000));

  private final Search search = new Search(PeerAddresses.of(LOCAL, PUBLIC), PACE);

  @Test
  void bothAddressesAreProbedInTheGivenIntervalUntilPatienceEnds() {
    search.runUntil(millis(60_000));

    assertThat(search.probesTo(LOCAL)).hasSize(50).startsWith(millis(0), millis(200), millis(400));
    assertThat(search.probesTo(PUBLIC)).isEqualTo(search.probesTo(LOCAL));
    assertThat(search.outcomes()).containsExactly(said(10_000, new Action.Failed(100)));
  }

  @Test
  void aLocalPathIsTakenAtOnce() {
    search.answers(LOCAL, 1).answers(PUBLIC, 1).runUntil(millis(1000));

    assertThat(search.outcomes()).containsExactly(said(201, selected(Path.LOCAL, LOCAL)));
  }

  @Test
  void aPublicPathWaitsAMomentForALocalOne() {
    search.answers(PUBLIC, 30).runUntil(millis(1000));

    assertThat(search.outcomes()).containsExactly(said(280, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void aPublicPathDoesNotWaitWhenThereIsNoLocalAddress() {
    Search search =
        new Search(new PeerAddresses(Optional.empty(), Optional.of(PUBLIC)), PACE)
            .answers(PUBLIC, 30)
            .runUntil(millis(1000));

    assertThat(search.outcomes()).containsExactly(said(230, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void aLocalPathThatAnswersLaterIsTakenAllTheSame() {
    search.answers(PUBLIC, 30).runUntil(millis(1100)).answers(LOCAL, 1).runUntil(millis(2000));

    assertThat(search.outcomes())
        .containsExactly(
            said(280, selected(Path.PUBLIC, PUBLIC)), said(1201, selected(Path.LOCAL, LOCAL)));
  }

  @Test
  void anAddressThatThePeerShowsIsProbedAtOnce() {
    search.runUntil(millis(1010)).answers(OTHER_PORT, 20).hears(OTHER_PORT).runUntil(millis(2000));

    assertThat(search.probesTo(OTHER_PORT)).containsExactly(millis(1010));
    assertThat(search.outcomes()).containsExactly(said(1080, selected(Path.PUBLIC, OTHER_PORT)));
  }

  @Test
  void aKnownAddressThatThePeerShowsIsProbedAtOnceToo() {
    search.runUntil(millis(1010)).answers(PUBLIC, 20).hears(PUBLIC).runUntil(millis(1200));

    assertThat(search.outcomes()).containsExactly(said(1080, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void onlySoManyAddressesAreTakenFromAPeer() {
    for (int port = 1; port < 100; port++) {
      search.hears(new InetSocketAddress("203.0.113.2", port));
    }
    search.runUntil(millis(100));

    assertThat(search.probesTo(new InetSocketAddress("203.0.113.2", 6))).isNotEmpty();
    assertThat(search.probesTo(new InetSocketAddress("203.0.113.2", 7))).isEmpty();
  }

  @Test
  void theSelectedPathIsKeptOpenAndTheOthersLeftAlone() {
    search.answers(PUBLIC, 30).runUntil(millis(100_000));

    assertThat(search.outcomes()).hasSize(1);
    assertThat(search.probesTo(PUBLIC))
        .startsWith(millis(0), millis(200), millis(15_230), millis(30_260))
        .hasSizeBetween(7, 9);
    assertThat(search.probesTo(LOCAL)).last().isEqualTo(millis(10_000));
  }

  @Test
  void whenTheSelectedPathFallsSilentTheOthersAreTriedAgain() {
    search
        .answers(LOCAL, 1)
        .runUntil(millis(20_000))
        .fallsSilent(LOCAL)
        .answers(PUBLIC, 30)
        .runUntil(millis(60_000));

    // Probed at 15.2 s and 30.2 s; the latter stays unanswered, which is plain after 2 s.
    assertThat(search.outcomes())
        .containsExactly(
            said(201, selected(Path.LOCAL, LOCAL)), said(32_202, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void anAnswerAfterAPauseGoesOnOnTheSamePath() {
    search
        .answers(PUBLIC, 30)
        .runUntil(millis(20_000))
        .fallsSilent(PUBLIC)
        .runUntil(millis(40_000))
        .answers(PUBLIC, 30)
        .runUntil(millis(200_000));

    assertThat(search.outcomes()).containsExactly(said(280, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void aPathThatNeverAnswersAgainIsLost() {
    search.answers(PUBLIC, 30).runUntil(millis(1000)).fallsSilent(PUBLIC).runUntil(millis(200_000));

    assertThat(search.outcomes())
        .containsExactly(said(280, selected(Path.PUBLIC, PUBLIC)), said(45_230, new Action.Lost()));
  }

  @Test
  void aPeerThatHasAnsweredIsNotProbedEachTimeItProbes() {
    search
        .answers(PUBLIC, 30)
        .runUntil(millis(240))
        .hears(PUBLIC)
        .runUntil(millis(260))
        .hears(PUBLIC)
        .runUntil(millis(1000));

    assertThat(search.probesTo(PUBLIC)).containsExactly(millis(0), millis(200));
    assertThat(search.outcomes()).containsExactly(said(280, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void answersFromUnknownAddressesChangeNothing() {
    PathProbing probing = new PathProbing(PeerAddresses.of(LOCAL, PUBLIC), PACE, Instant.EPOCH);

    assertThat(probing.on(new PathProbing.Event.Answered(Route.direct(OTHER_PORT)), Instant.EPOCH))
        .doesNotContain(selected(Path.PUBLIC, OTHER_PORT));
  }

  // The relay.

  @Test
  void aRelayedPathIsTakenAtOnceAndLeftForABetterOne() {
    Search search =
        withRelays().answers(Route.direct(RELAYED), 40).answers(PUBLIC, 70).runUntil(millis(2000));

    assertThat(search.outcomes())
        .containsExactly(
            said(240, new Action.Selected(Path.RELAY, Route.direct(RELAYED))),
            said(270, selected(Path.PUBLIC, PUBLIC)));
  }

  @Test
  void aRelayedPathIsNotTakenWhenABetterOneAnswersBefore() {
    Search search =
        withRelays()
            .answers(LOCAL, 5)
            .answers(Route.direct(RELAYED), 40)
            .hasARelay()
            .answers(Route.relayed(RELAYED), 40)
            .runUntil(millis(60_000));

    assertThat(search.outcomes()).containsExactly(said(205, selected(Path.LOCAL, LOCAL)));
  }

  @Test
  void whileItIsUsedTheOthersAreProbedFromTimeToTimeForEver() {
    Search search = withRelays().answers(Route.direct(RELAYED), 40).runUntil(millis(100_000));
    search.answers(PUBLIC, 30).runUntil(millis(130_000));

    assertThat(search.outcomes()).hasSize(2);
    assertThat(search.outcomes().getLast().action()).isEqualTo(selected(Path.PUBLIC, PUBLIC));
  }

  @Test
  void anAddressThatThePeerShowsIsProbedAtOnceWhileARelayIsUsed() {
    Search search =
        withRelays()
            .answers(Route.direct(RELAYED), 40)
            .runUntil(millis(11_000))
            .answers(OTHER_PORT, 20)
            .hears(OTHER_PORT)
            .runUntil(millis(12_000));

    assertThat(search.outcomes()).endsWith(said(11_020, selected(Path.PUBLIC, OTHER_PORT)));
  }

  @Test
  void aRelayOfOurOwnIsOneMoreWayToThePublicAddressAndToThePeersRelay() {
    Search search = withRelays().runUntil(millis(310)).hasARelay().runUntil(millis(400));

    assertThat(search.probesTo(Route.relayed(PUBLIC))).containsExactly(millis(310));
    assertThat(search.probesTo(Route.relayed(RELAYED))).containsExactly(millis(310));
    assertThat(search.probesTo(Route.relayed(LOCAL))).isEmpty();
  }

  @Test
  void oneRelayIsBetterThanTwo() {
    Search search =
        withRelays()
            .hasARelay()
            .answers(Route.relayed(RELAYED), 20)
            .answers(Route.direct(RELAYED), 90)
            .runUntil(millis(2000));

    assertThat(search.outcomes())
        .containsExactly(
            said(220, new Action.Selected(Path.RELAY, Route.relayed(RELAYED))),
            said(290, new Action.Selected(Path.RELAY, Route.direct(RELAYED))));
  }

  @Test
  void aPeerThatOurRelayHearsIsAnsweredThatWay() {
    Search search =
        withRelays()
            .hasARelay()
            .answers(Route.relayed(OTHER_PORT), 20)
            .runUntil(millis(1000))
            .hears(Route.relayed(OTHER_PORT))
            .runUntil(millis(2000));

    assertThat(search.outcomes())
        .containsExactly(said(1020, new Action.Selected(Path.RELAY, Route.relayed(OTHER_PORT))));
  }

  @Test
  void whenADirectPathFallsSilentTheRelayTakesOver() {
    Search search =
        withRelays()
            .answers(PUBLIC, 30)
            .answers(Route.direct(RELAYED), 40)
            .runUntil(millis(20_000))
            .fallsSilent(PUBLIC)
            .runUntil(millis(60_000));

    assertThat(search.outcomes())
        .last()
        .extracting(Said::action)
        .isEqualTo(new Action.Selected(Path.RELAY, Route.direct(RELAYED)));
  }

  /** The peer has one; whether we have one is yet to be told. */
  private static Search withRelays() {
    return new Search(
        new PeerAddresses(Optional.of(LOCAL), Optional.of(PUBLIC), Optional.of(RELAYED)), PACE);
  }

  private static Action selected(Path path, InetSocketAddress to) {
    return new Action.Selected(path, Route.direct(to));
  }

  private static Said said(long millis, Action action) {
    return new Said(millis(millis), action);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }
}
