package io.culvert.traversal.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.ice.PaperNat.Kind;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IceAgentTest {
  private final PaperNetwork network = new PaperNetwork();

  @Test
  void peersInOneNetworkTalkWithinIt() {
    network.inOneLan();
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(millis(2000));

    assertThat(peers.alice.selected()).isEqualTo(peers.bob.inside);
    assertThat(peers.bob.selected()).isEqualTo(peers.alice.inside);
  }

  @Test
  void twoOrdinaryNatsArePassedInOneRoundTripAfterTheAnswerOfTheCall() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(millis(2000));

    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
    assertThat(peers.bob.selected()).isEqualTo(peers.alice.nat.reflexive());
    assertThat(peers.alice.selectedAt())
        .as("the call, its answer, a check and its answer")
        .isEqualTo(millis(50 + 50 + 50));
  }

  @Test
  void routersThatAnswerWhoComesTooEarlyArePassedJustAsSoon() {
    Peers peers = connected(Kind.ANSWERING, Kind.ANSWERING);
    network.runUntil(millis(2000));

    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
    assertThat(peers.bob.selected()).isEqualTo(peers.alice.nat.reflexive());
    assertThat(peers.alice.selectedAt()).isEqualTo(millis(50 + 50 + 50));
  }

  @Test
  void whatThePeersRelaySeesOfUsIsToldOnce() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(60));

    assertThat(peers.alice.said)
        .extracting(PaperPeer.Said::action)
        .filteredOn(Action.Seen.class::isInstance)
        .containsExactly(
            new Action.Seen(
                new CandidatePair(PaperPeer.DIRECT, peers.bob.relayed),
                peers.alice.nat.reflexive()));
  }

  @Test
  void onlyTheFirstChecksOfWhoIsCalledDieOnTheirWayAndOnlyAcrossTheInternet() {
    Peers peers = peers(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.drop(_ -> true);
    peers.call();
    network.runUntil(seconds(60));

    assertThat(peers.alice.openers).isEmpty();
    assertThat(peers.bob.openers)
        .extracting(PaperPeer.Check::way)
        .containsOnly(new CandidatePair(PaperPeer.DIRECT, peers.alice.nat.reflexive()))
        .hasSize(3);
    assertThat(peers.bob.checksTo(peers.alice.nat.reflexive())).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aPublicPeerIsReachedThroughAnyNat(Kind other) {
    Peers peers = connected(other, Kind.NONE);
    network.runUntil(millis(2000));

    assertThat(peers.alice.selected()).isEqualTo(peers.bob.inside);
    assertThat(peers.alice.agent.selected().orElseThrow().local()).isEqualTo(PaperPeer.DIRECT);
    assertThat(peers.bob.agent.selected().orElseThrow().local()).isEqualTo(PaperPeer.DIRECT);
  }

  @Test
  void whereNothingElsePassesTheRelayIsUsed() {
    Peers peers = connected(Kind.SYMMETRIC, Kind.SYMMETRIC);
    network.runUntil(seconds(100));

    assertThat(isRelayed(peers.alice)).isTrue();
    assertThat(isRelayed(peers.bob)).isTrue();
    assertThat(peers.alice.selectedAt()).isLessThanOrEqualTo(millis(250));
  }

  @Test
  void theRelayIsUsedAtOnceAndLeftForTheDirectWay() {
    Peers peers = peers(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.drop(way -> !isRelayed(way, peers));
    peers.call();
    network.runUntil(millis(400));
    assertThat(isRelayed(peers.alice)).isTrue();

    network.drop(_ -> false);
    network.runUntil(seconds(4));
    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
    assertThat(peers.bob.selected()).isEqualTo(peers.alice.nat.reflexive());
  }

  @Test
  void withoutAnyWayTheSearchFailsOnceAndGoesOnNowAndThen() {
    Peers peers = peers(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.drop(_ -> true);
    peers.call();
    network.runUntil(seconds(300));

    assertThat(peers.alice.said)
        .extracting(PaperPeer.Said::action)
        .containsExactly(new Action.Failed());
    List<Duration> checks = peers.alice.checksTo(peers.bob.nat.reflexive());
    assertThat(checks).filteredOn(at -> at.toSeconds() < 12).hasSizeLessThan(24);
    assertThat(checks).filteredOn(at -> at.toSeconds() > 120).isNotEmpty().hasSizeLessThan(50);

    network.drop(_ -> false);
    network.runUntil(seconds(370));
    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
  }

  @Test
  void whatCannotWaitMayTakeTheFirstWayThatThePeerIsHeardOn() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(1));
    List<PaperPeer.Said> said =
        peers.alice.said.stream()
            .filter(each ->
                each.action() instanceof Action.Heard || each.action() instanceof Action.Selected)
            .toList();
    assertThat(said.getFirst().action()).isInstanceOf(Action.Heard.class);
    assertThat(said.getLast().action()).isInstanceOf(Action.Selected.class);
    assertThat(said.stream().dropWhile(each -> each.action() instanceof Action.Heard))
        .as("once there is a way, that one is taken")
        .noneMatch(each -> each.action() instanceof Action.Heard);
  }

  @Test
  void whenTheDirectWayDiesDataFlowOverTheRelayWithinASecond() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(5));
    peers.talk();
    network.runUntil(seconds(10));
    network.drop(way -> !isRelayed(way, peers));
    int before = network.dataDelivered();
    network.runUntil(millis(11_000));

    assertThat(isRelayed(peers.alice)).isTrue();
    assertThat(isRelayed(peers.bob)).isTrue();
    assertThat(network.dataDelivered() - before).as("20 each way within 400 ms").isGreaterThan(40);
  }

  @Test
  void whileAWayIsInDoubtTheNextBestIsKnown() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(5));
    peers.talk();
    network.runUntil(seconds(10));
    assertThat(peers.alice.agent.inDoubt()).isEmpty();

    network.drop(way -> !isRelayed(way, peers));
    network.runUntil(millis(10_350));
    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
    assertThat(peers.alice.agent.inDoubt()).isPresent();

    network.runUntil(millis(10_700));
    assertThat(isRelayed(peers.alice)).isTrue();
    assertThat(peers.alice.agent.inDoubt()).isEmpty();
  }

  @Test
  void aWayThatComesBackIsTakenAgain() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    peers.talk();
    network.runUntil(seconds(10));
    network.drop(way -> !isRelayed(way, peers));
    network.runUntil(seconds(12));
    network.drop(_ -> false);
    network.runUntil(seconds(20));

    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
    assertThat(peers.bob.selected()).isEqualTo(peers.alice.nat.reflexive());
  }

  @Test
  void aWayThatComesAndGoesIsNotFollowedEveryTime() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    peers.talk();
    network.runUntil(seconds(5));
    for (int i = 0; i < 30; i++) {
      boolean dead = i % 2 == 0;
      network.drop(way -> dead && !isRelayed(way, peers));
      network.runUntil(seconds(5 + 2 * (i + 1)));
    }

    assertThat(peers.alice.said)
        .as("in a minute with fifteen losses")
        .filteredOn(each -> each.action() instanceof Action.Selected)
        .hasSizeLessThan(16);
  }

  @Test
  void aWayWithoutDataIsAskedEveryFewSecondsAndGivenUpAfterThirty() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED, PaperPeer.DIRECT);
    network.runUntil(seconds(60));
    assertThat(peers.alice.checksTo(peers.bob.nat.reflexive()))
        .filteredOn(at -> at.toSeconds() >= 30)
        .hasSizeBetween(4, 8);

    network.drop(_ -> true);
    network.runUntil(seconds(97));
    assertThat(peers.alice.agent.selected()).isEmpty();
    assertThat(peers.alice.said).extracting(PaperPeer.Said::action).contains(new Action.Lost());
  }

  @Test
  void whoWasStoppedForLongerThanConsentLastsAsksBeforeItGivesAnythingUp() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    peers.talk();
    network.runUntil(seconds(20));
    network.stop(peers.alice);
    network.runUntil(seconds(90));
    assertThat(peers.bob.agent.selected()).as("in vain").isEmpty();
    int before = peers.alice.said.size();
    network.goOn(peers.alice);
    network.runUntil(seconds(95));

    assertThat(peers.alice.said.subList(before, peers.alice.said.size()))
        .extracting(PaperPeer.Said::action)
        .doesNotContain(new Action.Lost())
        .noneMatch(Action.Selected.class::isInstance);
    assertThat(peers.alice.selected()).isEqualTo(peers.bob.nat.reflexive());
    assertThat(peers.bob.selected()).isEqualTo(peers.alice.nat.reflexive());
  }

  @Test
  void whoWasStoppedAndFindsNobodyAnyMoreIsTheSoonerDone() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(20));
    network.stop(peers.alice);
    network.runUntil(seconds(90));
    network.drop(_ -> true);
    network.goOn(peers.alice);
    network.runUntil(seconds(93));

    assertThat(peers.alice.agent.selected()).isEmpty();
  }

  @Test
  void whoDoubtsItsWaysLeavesADeadOneAtOnceThoughItHasNothingToSay() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(20));
    network.drop(way -> !isRelayed(way, peers));
    peers.alice.on(new Event.Doubted());
    assertThat(peers.alice.agent.inDoubt()).isPresent();
    network.runUntil(millis(20_500));

    assertThat(isRelayed(peers.alice)).isTrue();
  }

  @Test
  void doubtsThatAreUnfoundedChangeNothing() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(20));
    int before = peers.alice.said.size();
    peers.alice.on(new Event.Doubted());
    network.runUntil(seconds(40));

    assertThat(peers.alice.said).hasSize(before);
    assertThat(peers.alice.agent.inDoubt()).isEmpty();
  }

  @Test
  void aPeerThatSaysWhereElseItIsIsAskedWhetherItIsStillWhereItWas() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(20));
    network.drop(way -> !isRelayed(way, peers));
    peers.alice.on(
        new Event.PeerCandidate(
            PaperPeer.candidate(
                CandidateType.SERVER_REFLEXIVE, new InetSocketAddress("203.0.113.99", 9))));
    network.runUntil(seconds(21));

    assertThat(isRelayed(peers.alice)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void peersOfTheSameRoleAgree(Role role) {
    PaperPeer alice = network.peer(role, Kind.PORT_RESTRICTED);
    PaperPeer bob = network.peer(role, Kind.PORT_RESTRICTED);
    new Peers(alice.opens(PaperPeer.DIRECT), bob.opens(PaperPeer.DIRECT)).call();
    network.runUntil(seconds(2));

    assertThat(alice.agent.role()).isNotEqualTo(bob.agent.role());
    assertThat(alice.selected()).isEqualTo(bob.nat.reflexive());
  }

  @Test
  void theWayInUseIsNominated() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(2));

    for (PaperPeer peer : List.of(peers.alice, peers.bob)) {
      assertThat(peer.agent.pairs())
          .filteredOn(IceAgent.PairState::nominated)
          .extracting(IceAgent.PairState::pair)
          .contains(peer.agent.selected().orElseThrow());
    }
  }

  @Test
  void aCheckThatComesBeforeTheAnswerOfTheCallIsAnsweredAndCheckedBackLater() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.PORT_RESTRICTED).opens(PaperPeer.DIRECT);
    bob.learns(alice);
    network.runUntil(millis(100));
    assertThat(bob.selected()).isEqualTo(alice.inside);

    alice.on(new Event.PeerKnown(bob.credentials));
    network.runUntil(millis(200));
    assertThat(alice.selected()).as("known from its check alone").isEqualTo(bob.nat.reflexive());
  }

  @Test
  void strangersGetNoAnswer() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    InetSocketAddress stranger = new InetSocketAddress("203.0.113.66", 6666);
    Checks wrongPassword = new Checks(bob.credentials);
    wrongPassword.peerIs(new IceCredentials(alice.credentials.ufrag(), "x".repeat(24)));
    Checks wrongName = new Checks(bob.credentials);
    wrongName.peerIs(new IceCredentials("nobody", alice.credentials.pwd()));
    TransactionId id = new TransactionId(1, 2);
    ByteBuf unsigned = Unpooled.buffer();
    new StunWriter().begin(unsigned, StunMessage.bindingRequest(id)).fingerprint();

    for (byte[] datagram :
        List.of(
            wrongPassword.request(id, 1, Role.CONTROLLED, 1, false),
            wrongName.request(id, 1, Role.CONTROLLED, 1, false),
            ByteBufUtil.getBytes(unsigned),
            new byte[] {0, 1, 0, 0})) {
      alice.receives(PaperPeer.DIRECT, stranger, datagram);
    }
    alice.learns(bob);
    network.runUntil(millis(50));

    assertThat(alice.checksTo(stranger)).isEmpty();
    assertThat(alice.agent.pairs())
        .extracting(state -> state.pair().remote())
        .doesNotContain(stranger);
  }

  @Test
  void anAnswerFromElsewhereOrTwiceIsNone() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    alice.on(new Event.PeerKnown(bob.credentials));
    Checks answers = new Checks(bob.credentials);
    List<Action> actions =
        alice.agent.on(
            new Event.PeerCandidate(PaperPeer.candidate(CandidateType.HOST, bob.inside)),
            network.now());
    Action.Send check = (Action.Send) actions.getFirst();
    byte[] answer = answers.success(decoded(check.datagram()), alice.inside);

    alice.receives(PaperPeer.DIRECT, new InetSocketAddress("203.0.113.66", 1), answer);
    assertThat(alice.agent.selected()).isEmpty();
    alice.receives(PaperPeer.DIRECT, bob.inside, answer);
    assertThat(alice.agent.selected()).contains(check.way());
    alice.receives(PaperPeer.DIRECT, bob.inside, answer);
    assertThat(alice.agent.pairs().getFirst().answered()).isOne();
  }

  @Test
  void tenChecksGoAtOnceAndThenOneEveryTwentyMilliseconds() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    alice.on(new Event.PeerKnown(bob.credentials));
    network.drop(_ -> true);
    for (int i = 0; i < 200; i++) {
      alice.on(new Event.PeerCandidate(host(i, i + 1)));
    }
    network.runUntil(seconds(30));

    assertThat(alice.checks).filteredOn(each -> each.at().isZero()).hasSize(10);
    assertThat(alice.checks)
        .filteredOn(each -> each.at().toMillis() <= 1000)
        .hasSizeBetween(55, 60);
    assertThat(alice.checks.stream().map(each -> each.way().remote()).distinct())
        .as("each is an entry in a router")
        .hasSizeLessThanOrEqualTo(CheckList.MAX_DESTINATIONS);
  }

  @Test
  void whoIsHeardIsAskedBackAtOnceWhateverElseIsWaiting() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    alice.on(new Event.PeerKnown(bob.credentials));
    network.drop(_ -> true);
    for (int i = 0; i < 40; i++) {
      alice.on(new Event.PeerCandidate(host(i, i + 1)));
    }
    Checks bobs = new Checks(bob.credentials);
    bobs.peerIs(alice.credentials);

    alice.receives(
        PaperPeer.DIRECT,
        bob.inside,
        bobs.request(new TransactionId(1, 2), 1, Role.CONTROLLED, 1, false));

    assertThat(alice.checksTo(bob.inside)).containsExactly(Duration.ZERO);
  }

  @Test
  void theBestOfTooManyCandidatesAreTaken() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    network.drop(_ -> true);
    for (int i = 0; i < 200; i++) {
      alice.on(new Event.PeerCandidate(host(i, i + 1)));
    }
    alice.on(new Event.PeerKnown(bob.credentials));

    assertThat(alice.agent.pairs())
        .extracting(state -> state.pair().remote())
        .hasSize(CheckList.MAX_DESTINATIONS)
        .contains(host(199, 1).address())
        .doesNotContain(host(0, 1).address());
  }

  @Test
  void howeverOftenAPeerMovesItsNewAddressIsChecked() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    alice.on(new Event.PeerKnown(bob.credentials));
    network.drop(_ -> true);
    int port = 1;
    for (int moves = 0; moves < 100; moves++) {
      for (int address = 0; address < 5; address++) {
        alice.on(new Event.PeerCandidate(atPort(port++)));
      }
      network.runUntil(network.elapsed().plus(seconds(60)));
      assertThat(alice.checksTo(atPort(port - 1).address())).as("move %d", moves).isNotEmpty();
    }
    assertThat(alice.agent.pairs()).hasSizeLessThanOrEqualTo(CheckList.MAX_DESTINATIONS);
  }

  @Test
  void noMoreThanFiftyAddressesAMinuteAreCheckedWhateverAPeerSays() {
    PaperPeer alice = network.peer(Role.CONTROLLING, Kind.NONE).opens(PaperPeer.DIRECT);
    PaperPeer bob = network.peer(Role.CONTROLLED, Kind.NONE);
    alice.on(new Event.PeerKnown(bob.credentials));
    network.drop(_ -> true);
    for (int port = 1; port < 1180; port++) {
      alice.on(new Event.PeerCandidate(atPort(port)));
      network.runUntil(network.elapsed().plus(millis(50)));
    }
    assertThat(alice.checks.stream().map(each -> each.way().remote()).distinct())
        .hasSize(CheckList.MAX_DESTINATIONS);
  }

  @Test
  void aPeerThatBeginsAnewIsFollowedWithoutLosingTheWay() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(5));
    InetSocketAddress before = peers.alice.selected();
    IceCredentials fresh = IceCredentials.random(new Random(7));
    peers.alice.on(new Event.PeerKnown(fresh));

    assertThat(peers.alice.selected()).isEqualTo(before);
    assertThat(peers.alice.said)
        .extracting(PaperPeer.Said::action)
        .doesNotContain(new Action.Lost());
  }

  @Test
  void aBaseThatIsClosedTakesItsWaysAlong() {
    Peers peers = connected(Kind.PORT_RESTRICTED, Kind.PORT_RESTRICTED);
    network.runUntil(seconds(5));
    peers.alice.on(new Event.BaseClosed(PaperPeer.DIRECT));

    assertThat(peers.alice.agent.selected().orElseThrow().local()).isEqualTo(PaperPeer.RELAY);
  }

  private static IceCandidate atPort(int port) {
    InetSocketAddress address = new InetSocketAddress("203.0.114.1", port);
    return IceCandidate.udp("1", 1, address, CandidateType.HOST);
  }

  private static IceCandidate host(int number, long priority) {
    InetSocketAddress address = new InetSocketAddress("203.0.114." + number, 5000);
    return IceCandidate.udp("1", priority, address, CandidateType.HOST);
  }

  private static StunMessage decoded(byte[] datagram) {
    try {
      return io.culvert.wire.stun.StunCodec.decode(Unpooled.wrappedBuffer(datagram));
    } catch (io.culvert.wire.MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  private Peers peers(Kind alice, Kind bob, Base... bases) {
    Base[] all = bases.length == 0 ? new Base[] {PaperPeer.DIRECT, PaperPeer.RELAY} : bases;
    return new Peers(
        network.peer(Role.CONTROLLING, alice).opens(all),
        network.peer(Role.CONTROLLED, bob).opens(all));
  }

  private Peers connected(Kind alice, Kind bob, Base... bases) {
    Peers peers = peers(alice, bob, bases);
    peers.call();
    return peers;
  }

  private static boolean isRelayed(PaperPeer peer) {
    CandidatePair way = peer.agent.selected().orElseThrow();
    return way.local().relayed() || way.remote().getHostString().equals("203.0.113.9");
  }

  private static boolean isRelayed(CandidatePair way, Peers peers) {
    return way.local().relayed()
        || way.remote().equals(peers.alice.relayed)
        || way.remote().equals(peers.bob.relayed);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  /** Two peers; alice calls. */
  private final class Peers {
    final PaperPeer alice;
    final PaperPeer bob;

    Peers(PaperPeer alice, PaperPeer bob) {
      this.alice = alice;
      this.bob = bob;
    }

    /** A signal takes 50 ms each way; bob's checks begin when the call has come. */
    void call() {
      network.after(millis(50), () -> bob.learns(alice));
      network.after(millis(100), () -> alice.learns(bob));
    }

    /** Both send something every 10 ms. */
    void talk() {
      network.every(millis(10), alice::sendsData);
      network.every(millis(10), bob::sendsData);
    }
  }
}
