package io.culvert.traversal.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.tcp.DialError;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Candidates of TCP as RFC 6544 has them. */
class DialsTest {
  private static final Instant START = Instant.EPOCH;
  private static final InetSocketAddress WAITING = new InetSocketAddress("203.0.113.2", 5000);
  private static final InetSocketAddress OTHER = new InetSocketAddress("203.0.113.2", 5001);
  private static final InetSocketAddress US = new InetSocketAddress("203.0.113.1", 4000);

  private static final Action TOGETHER = new Action.Dial(TcpType.SO, WAITING);
  private static final Action GIVEN_UP = new Action.AbandonDial(WAITING);

  private final Random random = new Random(1);
  private final IceCredentials ours = IceCredentials.random(random);
  private final IceCredentials theirs = IceCredentials.random(random);
  private final Checks peer = new Checks(theirs);
  private final IceAgent agent = new IceAgent(Role.CONTROLLING, ours, random, START);
  private final List<Action> actions = new ArrayList<>();
  private Instant now = START;
  private boolean answering;
  private int answered;

  @BeforeEach
  void know() {
    peer.peerIs(ours);
    on(new Event.DialsPossible(TcpType.ACTIVE, true));
    on(new Event.PeerKnown(theirs));
  }

  @Test
  void whereThePeerWaitsIsDialledWhenUdpHasFoundNothing() throws Exception {
    says(TcpType.PASSIVE, WAITING);
    runUntil(millis(999));
    assertThat(dialled()).isEmpty();

    runUntil(millis(1000));
    assertThat(dialled()).containsExactly(new Action.Dial(TcpType.ACTIVE, WAITING));
  }

  @Test
  void whoDialsItselfIsWaitedFor() throws Exception {
    says(TcpType.ACTIVE, new InetSocketAddress("203.0.113.2", 9));
    runUntil(Duration.ofSeconds(5));

    assertThat(dialled()).isEmpty();
  }

  @Test
  void bothOpenAtOnceOnlyWhenBothCan() throws Exception {
    says(TcpType.SO, WAITING);
    runUntil(Duration.ofSeconds(5));
    assertThat(dialled()).isEmpty();

    on(new Event.DialsPossible(TcpType.SO, true));
    assertThat(dialled()).containsExactly(TOGETHER);
  }

  @Test
  void whatBothOpenAtOnceIsNeverWithoutAnAttemptForThreeRounds() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    says(TcpType.SO, WAITING);
    runUntil(Duration.ofMillis(9999));
    assertThat(dialled()).hasSize(6).containsOnly(TOGETHER);
    assertThat(actions).last().isEqualTo(TOGETHER);

    actions.clear();
    runUntil(Duration.ofSeconds(11));
    assertThat(actions).contains(GIVEN_UP).doesNotContain(TOGETHER);
  }

  @Test
  void whoIsRefusedTriesAgainButNotForEver() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    says(TcpType.SO, WAITING);
    for (int millis = 1000; millis < 9000; millis += 150) {
      runUntil(millis(millis));
      on(new Event.DialFailed(WAITING, DialError.REFUSED));
    }

    assertThat(dialled()).hasSize(30);
  }

  @Test
  void whatThePeerSaysOfALaterPortTakesThePlaceOfTheFormer() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    says(TcpType.SO, WAITING);
    runUntil(millis(1000));
    says(TcpType.SO, OTHER);

    assertThat(actions).containsExactly(TOGETHER, GIVEN_UP, new Action.Dial(TcpType.SO, OTHER));
  }

  @Test
  void whenThePeerSaysItAgainItTriesAgain() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    says(TcpType.SO, WAITING);
    runUntil(Duration.ofSeconds(12));
    on(new Event.DialsOver(TcpType.SO));
    actions.clear();
    says(TcpType.SO, WAITING);
    assertThat(dialled()).isEmpty();

    on(new Event.DialsPossible(TcpType.SO, true));
    assertThat(dialled()).containsExactly(TOGETHER);
  }

  @Test
  void aConnectionThatStaysSilentIsFollowedByAnother() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    says(TcpType.SO, WAITING);
    runUntil(millis(1000));
    on(new Event.BaseOpened(Base.tcp(7, WAITING)));
    runUntil(millis(4000));
    assertThat(dialled()).hasSize(1);

    on(new Event.BaseClosed(Base.tcp(7, WAITING)));
    runUntil(millis(4200));
    assertThat(dialled()).hasSize(2);
  }

  @Test
  void whatIsUnderWayWhenTheTimeIsOverIsGivenUp() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    says(TcpType.SO, WAITING);
    runUntil(millis(1200));
    actions.clear();
    on(new Event.DialsOver(TcpType.SO));

    assertThat(actions).containsExactly(GIVEN_UP);
  }

  @Test
  void aPeerThatNamesEverNewPlacesGetsFewDials() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    for (int port = 1; port <= 1000; port++) {
      says(TcpType.SO, new InetSocketAddress("203.0.113.2", port));
      runUntil(millis(1000 + 10 * port));
    }

    assertThat(dialled().stream().distinct()).hasSizeLessThanOrEqualTo(Dials.MOST + 2);
  }

  @Test
  void aDozenInterfacesKeepNoOtherKindFromItsTurn() throws Exception {
    on(new Event.DialsPossible(TcpType.SO, true));
    for (int port = 1; port <= 20; port++) {
      says(TcpType.PASSIVE, new InetSocketAddress("192.168.0.2", port));
    }
    says(TcpType.SO, WAITING);
    runUntil(millis(1500));

    assertThat(dialled()).contains(TOGETHER).hasSize(Dials.MOST);
  }

  @Test
  void aFamilyThatWeCannotDialIsLeftAlone() throws Exception {
    says(TcpType.PASSIVE, new InetSocketAddress("2001:db8::1", 5000));
    runUntil(Duration.ofSeconds(5));

    assertThat(dialled()).isEmpty();
  }

  @Test
  void whatUdpFindsMakesItNeedless() throws Exception {
    Base udp = new Base(0, false, true);
    on(new Event.BaseOpened(udp));
    on(new Event.PeerCandidate(IceCandidate.udp("1", 1, WAITING, CandidateType.HOST)));
    answers();
    says(TcpType.PASSIVE, WAITING);
    runUntil(Duration.ofSeconds(3));

    assertThat(agent.path()).contains(Path.PUBLIC);
    assertThat(dialled()).isEmpty();
  }

  @Test
  void onesThatFailAreTriedAgainWhileTheSearchGoesOnAndOthersAreNot() throws Exception {
    says(TcpType.PASSIVE, WAITING);
    says(TcpType.PASSIVE, OTHER);
    runUntil(Duration.ofSeconds(2));
    on(new Event.DialFailed(WAITING, DialError.REFUSED));
    runUntil(Duration.ofSeconds(30));

    assertThat(dialled())
        .containsExactly(
            new Action.Dial(TcpType.ACTIVE, WAITING),
            new Action.Dial(TcpType.ACTIVE, OTHER),
            new Action.Dial(TcpType.ACTIVE, WAITING));
  }

  @Test
  void onlyTheBestOfManyAreDialled() throws Exception {
    for (int port = 1; port <= 60; port++) {
      says(TcpType.PASSIVE, new InetSocketAddress("203.0.113.2", port));
    }
    runUntil(Duration.ofSeconds(4));

    assertThat(dialled()).hasSize(Dials.MOST);
  }

  @Test
  void theConnectionIsCheckedAndTaken() throws Exception {
    says(TcpType.PASSIVE, WAITING);
    runUntil(Duration.ofSeconds(2));
    Base connection = Base.tcp(7, WAITING);
    on(new Event.BaseOpened(connection));
    answers();

    assertThat(agent.selected()).contains(new CandidatePair(connection, WAITING));
    runUntil(Duration.ofSeconds(4));
    assertThat(dialled()).hasSize(1);
  }

  @Test
  void onlyThePeersChecksAreThePeers() throws Exception {
    byte[] check = peer.request(TransactionId.random(random), 1, Role.CONTROLLED, 1, false);
    assertThat(agent.isPeers(Unpooled.wrappedBuffer(check))).isTrue();

    Checks stranger = new Checks(theirs);
    stranger.peerIs(new IceCredentials(ours.ufrag(), "guessed".repeat(4)));
    byte[] guessed = stranger.request(TransactionId.random(random), 1, Role.CONTROLLED, 1, false);
    assertThat(agent.isPeers(Unpooled.wrappedBuffer(guessed))).isFalse();
    assertThat(agent.isPeers(Unpooled.wrappedBuffer(new byte[] {0, 1, 2}))).isFalse();
  }

  @Test
  void prioritiesAreThoseOfTheStandardsExamples() throws Exception {
    assertThat(Priorities.ofTcp(CandidateType.HOST, TcpType.ACTIVE, false, 0))
        .isEqualTo(2128609279);
    assertThat(Priorities.ofTcp(CandidateType.HOST, TcpType.PASSIVE, false, 0))
        .isEqualTo(2124414975);
    assertThat(Priorities.ofTcp(CandidateType.SERVER_REFLEXIVE, TcpType.SO, true, 0))
        .isGreaterThan(Priorities.ofTcp(CandidateType.SERVER_REFLEXIVE, TcpType.ACTIVE, false, 0))
        .isLessThan(Priorities.of(CandidateType.SERVER_REFLEXIVE, true, 0));
  }

  private void says(TcpType type, InetSocketAddress address) {
    long priority = Priorities.ofTcp(CandidateType.HOST, type, true, address.getPort() % 60);
    on(
        new Event.PeerCandidate(
            new IceCandidate(
                "1", priority, address, CandidateType.HOST, Optional.empty(), Optional.of(type))));
  }

  private void on(Event event) {
    actions.addAll(agent.on(event, now));
  }

  private List<Action> dialled() {
    return actions.stream().filter(Action.Dial.class::isInstance).toList();
  }

  private void runUntil(Duration elapsed) throws Exception {
    Instant end = START.plus(elapsed);
    while (!agent.nextDeadline(now).isAfter(end)) {
      Instant next = agent.nextDeadline(now);
      now = next.isAfter(now) ? next : now;
      on(new Event.DeadlineReached());
      if (answering) {
        answers();
      }
    }
    now = end;
  }

  /** From now on the peer answers all checks, those that have been sent included. */
  private void answers() throws Exception {
    answering = true;
    while (answered < actions.size()) {
      if (actions.get(answered++) instanceof Action.Send(CandidatePair way, byte[] datagram)) {
        StunMessage message = StunCodec.decode(Unpooled.wrappedBuffer(datagram));
        if (message.messageClass() == StunClass.REQUEST) {
          byte[] answer = peer.success(message, US);
          actions.addAll(
              agent.received(way.local(), way.remote(), Unpooled.wrappedBuffer(answer), now));
        }
      }
    }
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }
}
