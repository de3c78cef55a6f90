package io.culvert.traversal.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.ice.IceAgent.PairState;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.stun.IceAttribute.UseCandidate;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What other people's agents do and ours does not. */
class ForeignHabitsTest {
  private static final Base BASE = new Base(0, false, true);
  private static final InetSocketAddress NEAR = new InetSocketAddress("192.168.1.2", 5000);
  private static final InetSocketAddress FAR = new InetSocketAddress("203.0.113.2", 5000);
  private static final InetSocketAddress US = new InetSocketAddress("203.0.113.1", 4000);
  private static final long HIGH = Priorities.of(CandidateType.HOST, true, 0);

  private final Random random = new Random(1);
  private final IceCredentials ours = IceCredentials.random(random);

  /** As long as RFC 8839 §5.4 allows. */
  private final IceCredentials theirs = new IceCredentials("u".repeat(256), "p".repeat(256));

  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Sent(CandidatePair way, byte[] datagram) {}

  private final Deque<Sent> sent = new ArrayDeque<>();
  private final Checks peer = new Checks(theirs);
  private Instant now = Instant.EPOCH;

  @Test
  void onePeerNominatesWithEachCheckAndTheBestOfItsWaysIsTaken() throws Exception {
    IceAgent agent = agent(Role.CONTROLLED);
    peerChecks(agent, FAR);
    assertThat(agent.selected()).contains(new CandidatePair(BASE, FAR));

    peerChecks(agent, NEAR);

    assertThat(agent.selected()).contains(new CandidatePair(BASE, NEAR));
    assertThat(agent.pairs()).hasSize(2).allMatch(PairState::nominated);
  }

  @Test
  void oneThatIsLiteOnlyAnswersAndIsToldWhichWayIsTaken() throws Exception {
    IceAgent agent = agent(Role.CONTROLLING);
    List<StunMessage> checks = answer(agent, NEAR);

    assertThat(agent.selected()).contains(new CandidatePair(BASE, NEAR));
    assertThat(checks).last().matches(check -> check.first(UseCandidate.class).isPresent());
    assertThat(agent.pairs()).filteredOn(PairState::nominated).hasSize(1);
  }

  @Test
  void oneThatNominatesLateIsTalkedToBefore() throws Exception {
    IceAgent agent = agent(Role.CONTROLLED);
    answer(agent, NEAR);

    assertThat(agent.selected()).contains(new CandidatePair(BASE, NEAR));
    assertThat(agent.pairs()).noneMatch(PairState::nominated);

    now = now.plus(Duration.ofSeconds(4));
    peerChecks(agent, NEAR);
    assertThat(agent.pairs()).filteredOn(PairState::nominated).hasSize(1);
  }

  @Test
  void oneMaySayThatItIsReachedByTcpWhichIsNoPlaceForDatagrams() throws Exception {
    IceAgent agent = agent(Role.CONTROLLED);
    agent.on(
        new Event.PeerCandidate(
            IceCandidate.parse("candidate:2 1 TCP 1015021823 203.0.113.7 9 typ host tcptype active")
                .orElseThrow()),
        now);

    assertThat(agent.pairs()).hasSize(2);
  }

  /** It knows the peer, and has asked it for nothing yet that has been answered. */
  private IceAgent agent(Role role) {
    IceAgent agent = new IceAgent(role, ours, random, now);
    peer.peerIs(ours);
    act(agent.on(new Event.BaseOpened(BASE), now));
    act(agent.on(new Event.PeerCandidate(host(NEAR)), now));
    act(agent.on(new Event.PeerCandidate(host(FAR)), now));
    act(agent.on(new Event.PeerKnown(theirs), now));
    return agent;
  }

  private static IceCandidate host(InetSocketAddress address) {
    return IceCandidate.udp("a/B+9", HIGH, address, CandidateType.HOST);
  }

  private void act(List<Action> actions) {
    for (Action action : actions) {
      if (action instanceof Action.Send(CandidatePair way, byte[] datagram)) {
        sent.add(new Sent(way, datagram));
      }
    }
  }

  /** A check of the peer's, which nominates, and its answers to those that come back. */
  private void peerChecks(IceAgent agent, InetSocketAddress from) throws Exception {
    TransactionId id = TransactionId.random(random);
    byte[] check = peer.request(id, HIGH, Role.CONTROLLING, 1, true);
    act(agent.received(BASE, from, Unpooled.wrappedBuffer(check), now));
    answer(agent, from);
  }

  /** The peer answers all that comes to that address of its own; what it was asked. */
  private List<StunMessage> answer(IceAgent agent, InetSocketAddress at) throws Exception {
    List<StunMessage> asked = new ArrayList<>();
    while (!sent.isEmpty()) {
      Sent each = sent.remove();
      StunMessage message = StunCodec.decode(Unpooled.wrappedBuffer(each.datagram()));
      if (message.messageClass() == StunClass.REQUEST && each.way().remote().equals(at)) {
        asked.add(message);
        now = now.plusMillis(10);
        byte[] answer = peer.success(message, US);
        act(agent.received(BASE, at, Unpooled.wrappedBuffer(answer), now));
      }
    }
    return asked;
  }
}
