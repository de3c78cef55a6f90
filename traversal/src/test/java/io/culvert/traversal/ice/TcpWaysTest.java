package io.culvert.traversal.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.ice.PaperNat.Kind;
import io.culvert.wire.ice.CandidateType;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A TCP connection between the peers as one of their ways. */
class TcpWaysTest {
  private final PaperNetwork network = new PaperNetwork();
  private final PaperPeer alice = peer(Role.CONTROLLING);
  private final PaperPeer bob = peer(Role.CONTROLLED);

  private PaperPeer peer(Role role) {
    return network.peer(role, Kind.PORT_RESTRICTED).opens(PaperPeer.DIRECT, PaperPeer.RELAY);
  }

  @Test
  void whereUdpIsDeadTheConnectionIsTaken() {
    network.drop(way -> !way.local().isTcp());
    theyKnowEachOther();
    network.runUntil(Duration.ofSeconds(1));
    assertThat(alice.agent.selected()).isEmpty();

    network.connectByTcp(alice, bob);
    network.runUntil(Duration.ofSeconds(2));

    assertThat(isOverTcp(alice)).isTrue();
    assertThat(isOverTcp(bob)).isTrue();
    assertThat(alice.selected()).isEqualTo(bob.nat.reflexive());
    assertThat(alice.agent.path()).contains(Path.PUBLIC);
    assertThat(alice.said).extracting(PaperPeer.Said::action).doesNotContain(new Action.Failed());
  }

  @Test
  void itIsBetterThanTheRelay() {
    network.drop(way -> !way.local().isTcp() && !way.local().relayed());
    theyKnowEachOther();
    network.runUntil(Duration.ofSeconds(1));
    assertThat(alice.agent.path()).contains(Path.RELAY);

    network.connectByTcp(alice, bob);
    network.runUntil(Duration.ofSeconds(2));

    assertThat(isOverTcp(alice)).isTrue();
    assertThat(isOverTcp(bob)).isTrue();
  }

  @Test
  void whatUdpFindsIsBetter() {
    theyKnowEachOther();
    network.connectByTcp(alice, bob);
    network.runUntil(Duration.ofSeconds(2));

    assertThat(isOverTcp(alice)).isFalse();
    assertThat(alice.selected()).isEqualTo(bob.nat.reflexive());
  }

  @Test
  void udpIsTriedAgainNowAndThen() {
    network.drop(way -> !way.local().isTcp());
    theyKnowEachOther();
    network.connectByTcp(alice, bob);
    network.runUntil(Duration.ofSeconds(20));
    assertThat(isOverTcp(alice)).isTrue();

    network.drop(_ -> false);
    network.runUntil(Duration.ofSeconds(100));

    assertThat(isOverTcp(alice)).isFalse();
    assertThat(isOverTcp(bob)).isFalse();
  }

  @Test
  void whenItBreaksTheRelayCarriesOn() {
    network.drop(way -> !way.local().isTcp() && !way.local().relayed());
    theyKnowEachOther();
    network.connectByTcp(alice, bob);
    network.runUntil(Duration.ofSeconds(2));
    Base connection = alice.agent.selected().orElseThrow().local();
    assertThat(connection.isTcp()).isTrue();

    alice.on(new Event.BaseClosed(connection));

    assertThat(alice.agent.path()).contains(Path.RELAY);
    assertThat(alice.agent.knows(new CandidatePair(connection, bob.nat.reflexive()))).isFalse();
  }

  @Test
  void itLeadsToItsOtherEndOnlyWhateverThePeerSaysOfItself() {
    theyKnowEachOther();
    network.connectByTcp(alice, bob);
    network.runUntil(Duration.ofSeconds(2));
    InetSocketAddress other = new InetSocketAddress("203.0.113.99", 9999);
    alice.on(new Event.PeerCandidate(PaperPeer.candidate(CandidateType.SERVER_REFLEXIVE, other)));

    assertThat(alice.agent.pairs())
        .extracting(IceAgent.PairState::pair)
        .filteredOn(way -> way.local().isTcp())
        .extracting(CandidatePair::remote)
        .containsExactly(bob.nat.reflexive());
  }

  private void theyKnowEachOther() {
    bob.learns(alice);
    alice.learns(bob);
  }

  private static boolean isOverTcp(PaperPeer peer) {
    return peer.agent.selected().orElseThrow().local().isTcp();
  }
}
