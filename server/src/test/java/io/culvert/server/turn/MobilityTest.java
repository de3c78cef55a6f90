package io.culvert.server.turn;

import static io.culvert.server.turn.TurnOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.TurnOnPaper.Setup;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.MobilityTicket;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.culvert.wire.transport.udp.Endpoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 8016. */
class MobilityTest {
  private static final MobilityTicket NO_TICKET_YET = new MobilityTicket(new byte[0]);
  private static final Endpoint PEER = at("198.51.100.1", 7000);
  private static final byte[] DATA = {0x40, 0, 0, 1, 42};

  private final TurnOnPaper server =
      new TurnOnPaper(Setup.USUAL.withMobility().limits(new Quotas.Limits(1, 0, 0)));
  private final PaperClient before = server.client("alice", 6000);
  private final PaperClient after = server.client("alice", 6001);
  private final StunMessage allocated =
      before.done(StunMessage.ALLOCATE, new RequestedTransport(17), NO_TICKET_YET);
  private final MobilityTicket ticket = allocated.first(MobilityTicket.class).orElseThrow();
  private final PaperPort port =
      server.port(Endpoint.of(allocated.first(XorRelayedAddress.class).orElseThrow().address()));

  MobilityTest() {
    before.done(
        StunMessage.CHANNEL_BIND,
        new ChannelNumber(0x4000),
        new XorPeerAddress(PEER.toSocketAddress()));
  }

  @AfterEach
  void nothingIsLeft() {
    server.close();
  }

  @Test
  void aClientIsFoundAtItsOldAddressUntilItSendsFromTheNewOne() {
    assertThat(after.done(StunMessage.REFRESH, ticket).first(MobilityTicket.class)).isPresent();
    port.comes(PEER, new byte[1]);
    assertThat(before.received()).hasSize(1);

    after.send(DATA);
    assertThat(port.sent()).hasSize(1);
    port.comes(PEER, new byte[1]);
    assertThat(before.received()).isEmpty();
    assertThat(after.received()).hasSize(1);
    assertThat(before.refused(StunMessage.REFRESH)).as("it is not there any more").isEqualTo(437);
  }

  /** Once the resume of an allocation by another user has been possible elsewhere. */
  @Test
  void aTicketIsOfNoUseToAnybodyElse() {
    assertThat(server.client("mallory", 6002).refused(StunMessage.REFRESH, ticket)).isEqualTo(441);
    byte[] forged = ticket.ticket().clone();
    forged[3]++;
    assertThat(after.refused(StunMessage.REFRESH, new MobilityTicket(forged))).isEqualTo(400);
    assertThat(after.refused(StunMessage.REFRESH, NO_TICKET_YET)).isEqualTo(400);
  }

  /** Case 40: the quota of 1 stays used. */
  @Test
  void aMoveIsNoWayRoundTheQuota() {
    after.done(StunMessage.REFRESH, ticket);
    after.send(DATA);
    assertThat(before.refused(StunMessage.ALLOCATE, new RequestedTransport(17))).isEqualTo(486);
  }

  @Test
  void anAllocationFollowsItsClientToAnotherLoop() {
    Turn elsewhere = server.anotherLoop();
    PaperClient moved =
        new PaperClient(elsewhere, ClientTransport.TCP, at("203.0.113.8", 6000), "alice");

    moved.done(StunMessage.REFRESH, ticket);
    moved.send(DATA);

    PaperPort again = server.port(port.localAddress());
    assertThat(port.isOpen()).isFalse();
    assertThat(again.sent()).hasSize(1);
    again.comes(PEER, new byte[1]);
    assertThat(moved.received()).hasSize(1);
    assertThat(elsewhere.allocations()).isOne();
    assertThat(server.turn.allocations()).isZero();
    elsewhere.close();
  }

  /** The old client is the old loop's, whose thread alone may send to it. */
  @Test
  void onAnotherLoopNothingIsSentToTheOldAddressAnyMore() {
    Turn elsewhere = server.anotherLoop();
    PaperClient moved =
        new PaperClient(elsewhere, ClientTransport.UDP, at("203.0.113.8", 6000), "alice");

    moved.done(StunMessage.REFRESH, ticket);
    server.port(port.localAddress()).comes(PEER, new byte[1]);

    assertThat(before.received()).isEmpty();
    assertThat(moved.received()).hasSize(1);
    elsewhere.close();
  }

  @Test
  void whoseConnectionHasEndedIsSentToAtTheNewAddressAtOnce() {
    server.turn.gone(before);
    port.comes(PEER, new byte[1]);
    after.done(StunMessage.REFRESH, ticket);
    port.comes(PEER, new byte[1]);

    assertThat(before.received()).isEmpty();
    assertThat(after.received()).hasSize(1);
  }

  @Test
  void aPortThatIsLostOnTheWayEndsTheAllocation() {
    Turn elsewhere = server.anotherLoop();
    server.takeAway(port.localAddress().port());

    PaperClient moved =
        new PaperClient(elsewhere, ClientTransport.UDP, at("203.0.113.8", 6000), "alice");
    assertThat(moved.refused(StunMessage.REFRESH, ticket)).isEqualTo(400);
    elsewhere.close();
  }

  @Test
  void ofSeveralNewAddressesTheLastCounts() {
    after.done(StunMessage.REFRESH, ticket);
    PaperClient last = server.client("alice", 6002);
    last.done(StunMessage.REFRESH, ticket);

    assertThat(after.allocation()).isNull();
    last.send(DATA);
    port.comes(PEER, new byte[1]);
    assertThat(last.received()).hasSize(1);
  }

  @Test
  void whoeverMayMoveIsWaitedForWhenItsConnectionEnds() {
    server.turn.gone(before);
    assertThat(server.openPorts()).isOne();
    after.done(StunMessage.REFRESH, ticket);
    after.send(DATA);
    assertThat(port.sent()).hasSize(1);
    server.pass(Duration.ofMinutes(10));
    assertThat(server.openPorts()).as("but no longer than it lives").isZero();
  }

  @Test
  void anAllocationCanBeReleasedFromTheNewAddress() {
    assertThat(after.done(StunMessage.REFRESH, ticket, new Lifetime(0)).first(MobilityTicket.class))
        .as("a ticket to nothing")
        .isEmpty();
    assertThat(server.openPorts()).isZero();
    assertThat(after.refused(StunMessage.REFRESH, ticket)).isEqualTo(400);
    assertThat(after.refused(StunMessage.REFRESH, ticket, new Lifetime(0)))
        .as("a goodbye that is repeated, for its answer was lost, is one to nobody")
        .isEqualTo(437);
  }

  @Test
  void atTheAddressOfAnotherAllocationATicketDoesNothing() {
    server.resources.quotas().limit(new Quotas.Limits(2, 0, 0));
    after.done(StunMessage.ALLOCATE, new RequestedTransport(17));
    byte[] forged = ticket.ticket().clone();
    forged[3]++;

    assertThat(after.refused(StunMessage.REFRESH, ticket)).isEqualTo(437);
    assertThat(after.refused(StunMessage.REFRESH, ticket, new Lifetime(0))).isEqualTo(437);
    assertThat(after.refused(StunMessage.REFRESH, new MobilityTicket(forged))).isEqualTo(400);
    assertThat(after.refused(StunMessage.REFRESH, new MobilityTicket(forged), new Lifetime(0)))
        .isEqualTo(400);
    assertThat(server.openPorts()).isEqualTo(2);
  }

  /** Clients that keep tickets as strings of C would cut them off there. */
  @Test
  void noByteOfATicketIsZero() {
    MobilityTicket next = ticket;
    for (int i = 0; i < 200; i++) {
      PaperClient moving = i % 2 == 0 ? after : before;
      next = shown(moving, next);
      moving.send(DATA);
      assertThat(next.ticket()).hasSize(16).doesNotContain(0);
    }
  }

  @Test
  void eachNewAddressGetsATicketAndTheOneBeforeIsGoodUntilTheClientIsHeardFromThere() {
    MobilityTicket next = shown(after, ticket);
    assertThat(next).isNotEqualTo(ticket);
    assertThat(shown(after, ticket)).as("the answer may have been lost").isEqualTo(next);
    PaperClient last = server.client("alice", 6002);

    MobilityTicket third = shown(last, ticket);
    assertThat(after.refused(StunMessage.REFRESH, next)).as("nobody has it").isEqualTo(400);
    last.send(DATA);

    assertThat(after.refused(StunMessage.REFRESH, ticket)).isEqualTo(400);
    assertThat(shown(after, third)).isNotIn(ticket, next, third);
  }

  @Test
  void aTicketIsChangedForAClientWhoseConnectionHasEnded() {
    server.turn.gone(before);
    MobilityTicket next = shown(after, ticket);
    assertThat(shown(after, ticket)).as("the answer may have been lost").isEqualTo(next);
    after.send(DATA);

    PaperClient last = server.client("alice", 6002);
    assertThat(last.refused(StunMessage.REFRESH, ticket)).isEqualTo(400);
    assertThat(shown(last, next)).isNotIn(ticket, next);
  }

  @Test
  void onAnotherLoopTheTicketsAreTheSame() {
    Turn elsewhere = server.anotherLoop();
    PaperClient moved =
        new PaperClient(elsewhere, ClientTransport.UDP, at("203.0.113.8", 6000), "alice");

    MobilityTicket next = shown(moved, ticket);
    assertThat(shown(moved, ticket)).isEqualTo(next);
    moved.send(DATA);
    assertThat(after.refused(StunMessage.REFRESH, ticket)).isEqualTo(400);
    assertThat(shown(after, next)).isNotIn(ticket, next);
    assertThat(elsewhere.allocations()).isZero();
    elsewhere.close();
  }

  @Test
  void whoAsksWhileTheAllocationIsOnItsWayHasToWaitForIt() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    Turn elsewhere = server.anotherLoopOn(tasks::add);
    PaperClient moved =
        new PaperClient(elsewhere, ClientTransport.UDP, at("203.0.113.8", 6000), "alice");
    StunMessage refresh =
        new StunMessage(
            StunClass.REQUEST,
            StunMessage.REFRESH,
            PaperClient.newTransaction(),
            List.of(ticket, new Username("alice")));
    moved.send(refresh);
    assertThat(server.turn.allocations()).isZero();

    moved.send(refresh);
    assertThat(moved.received()).isEmpty();

    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    assertThat(moved.received()).hasSize(2);
    assertThat(elsewhere.allocations()).isOne();
    elsewhere.close();
  }

  @Test
  void aRefreshThatIsRefusedMovesNothing() {
    Turn elsewhere = server.anotherLoop();
    PaperClient moved =
        new PaperClient(elsewhere, ClientTransport.UDP, at("203.0.113.8", 6000), "alice");
    for (PaperClient client : List.of(after, moved)) {
      assertThat(
              client.refused(
                  StunMessage.REFRESH, ticket, new RequestedAddressFamily(AddressFamily.IPV6)))
          .isEqualTo(443);
      assertThat(client.allocation()).isNull();
    }
    assertThat(server.turn.allocations()).isOne();
    port.comes(PEER, new byte[1]);
    assertThat(before.received()).hasSize(1);
    elsewhere.close();
  }

  /** Which is no reason to move, though the other family is there still. */
  @Test
  void aFamilyThatHasBeenReleasedCannotBeRefreshed() {
    try (TurnOnPaper both = new TurnOnPaper(Setup.USUAL.withMobility())) {
      PaperClient here = both.client("alice", 6000);
      MobilityTicket its =
          here.done(
                  StunMessage.ALLOCATE,
                  new RequestedTransport(17),
                  new AdditionalAddressFamily(AddressFamily.IPV6),
                  NO_TICKET_YET)
              .first(MobilityTicket.class)
              .orElseThrow();
      RequestedAddressFamily ipv6 = new RequestedAddressFamily(AddressFamily.IPV6);
      here.done(StunMessage.REFRESH, ipv6, new Lifetime(0));

      PaperClient there = both.client("alice", 6001);
      assertThat(there.refused(StunMessage.REFRESH, its, ipv6)).isEqualTo(443);
      assertThat(there.allocation()).isNull();
      there.done(StunMessage.REFRESH, its);
    }
  }

  private static MobilityTicket shown(PaperClient client, MobilityTicket ticket) {
    return client.done(StunMessage.REFRESH, ticket).first(MobilityTicket.class).orElseThrow();
  }

  @Test
  void whereThereIsNoMobilityThereIsNoTicket() {
    try (TurnOnPaper fixed = new TurnOnPaper()) {
      assertThat(fixed.client().refused(StunMessage.REFRESH, ticket)).isEqualTo(405);
    }
  }
}
