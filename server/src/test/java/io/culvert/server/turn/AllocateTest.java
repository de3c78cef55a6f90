package io.culvert.server.turn;

import static io.culvert.server.turn.TurnOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.TurnOnPaper.Setup;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.AddressErrorCode;
import io.culvert.wire.stun.TurnAttribute.DontFragment;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.MobilityTicket;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.ReservationToken;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.culvert.wire.transport.udp.Endpoint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocateTest {
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final StunAttribute IPV6 = new RequestedAddressFamily(AddressFamily.IPV6);

  @Test
  void aClientIsGivenARelayedAddressForTenMinutes() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP);

      Endpoint relayed = relayed(answer);
      assertThat(relayed.address()).isEqualTo(TurnOnPaper.IPV4);
      assertThat(server.port(relayed).isOpen()).isTrue();
      assertThat(answer.first(Lifetime.class)).contains(new Lifetime(600));
      assertThat(answer.first(XorMappedAddress.class).orElseThrow().address())
          .isEqualTo(at("203.0.113.7", 6000).toSocketAddress());
      assertThat(answer.first(ReservationToken.class)).isEmpty();
      assertThat(answer.first(MobilityTicket.class)).isEmpty();
    }
  }

  @Test
  void behindANatTheRelayedAddressIsThePublicOne() {
    InetAddress world = InetAddress.ofLiteral("203.0.113.200");
    try (TurnOnPaper server = new TurnOnPaper(Setup.USUAL.publicIpv4(world))) {
      Endpoint relayed = relayed(server.client().done(StunMessage.ALLOCATE, UDP));

      assertThat(relayed.address()).isEqualTo(world);
      assertThat(server.port(Endpoint.of(TurnOnPaper.IPV4, relayed.port())).isOpen()).isTrue();
    }
  }

  /** Case 49. */
  @Test
  void noLifetimeIsLessThanTenMinutesOrMoreThanTheMost() {
    for (long asked : new long[] {0, 1, 599, 600, 601, 3600, 3601, 0xffff_ffffL}) {
      try (TurnOnPaper server = new TurnOnPaper()) {
        StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, new Lifetime(asked));
        long granted = answer.first(Lifetime.class).orElseThrow().seconds();
        assertThat(granted).isEqualTo(Math.clamp(asked, 600, 3600));

        server.pass(Duration.ofSeconds(granted - 1));
        assertThat(server.openPorts()).isOne();
        server.pass(Duration.ofSeconds(1));
        assertThat(server.openPorts()).as("case 50: freed in time").isZero();
      }
    }
  }

  /** Case 51. */
  @Test
  void whoeverAsksAgainGetsTheSameAnswer() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      TransactionId transaction = PaperClient.newTransaction();
      StunAttribute pair = new EvenPort(true);
      StunMessage first = client.ask(transaction, StunMessage.ALLOCATE, UDP, pair);

      assertThat(client.ask(transaction, StunMessage.ALLOCATE, UDP, pair)).isEqualTo(first);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP)).as("another one").isEqualTo(437);
      assertThat(server.openPorts()).isOne();
    }
  }

  /** Case 30. */
  @Test
  void nobodyElseIsToldOfAnAllocation() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient alice = server.client();
      TransactionId transaction = PaperClient.newTransaction();
      alice.ask(transaction, StunMessage.ALLOCATE, UDP);

      StunMessage answer = alice.as("mallory").ask(transaction, StunMessage.ALLOCATE, UDP);

      assertThat(PaperClient.code(answer)).isEqualTo(441);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      StunAttribute token = new ReservationToken(1);
      StunAttribute both = new AdditionalAddressFamily(AddressFamily.IPV6);

      assertThat(client.refused(StunMessage.ALLOCATE)).isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, new RequestedTransport(6)))
          .as("TCP for a client over UDP (RFC 6062 §5.1)")
          .isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, new RequestedTransport(99))).isEqualTo(442);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, token, new EvenPort(false)))
          .isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, token, IPV6)).isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, token, both)).isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, IPV6, both)).isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, both, new EvenPort(true)))
          .isEqualTo(400);
      assertThat(
              client.refused(
                  StunMessage.ALLOCATE, UDP, new AdditionalAddressFamily(AddressFamily.IPV4)))
          .isEqualTo(400);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, family(3))).isEqualTo(440);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, token)).isEqualTo(508);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, new MobilityTicket(new byte[0])))
          .isEqualTo(405);
      assertThat(client.refused(StunMessage.ALLOCATE, UDP, new Unknown(0x000d, new byte[3])))
          .as("a lifetime of 3 bytes")
          .isEqualTo(400);
      assertThat(server.openPorts()).isZero();
    }
  }

  private static StunAttribute family(int number) {
    return new Unknown(0x0017, new byte[] {(byte) number, 0, 0, 0});
  }

  /** Case 55. */
  @Test
  void whatIsNotKnownButWouldHaveToBeIsNamed() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage answer =
          server
              .client()
              .ask(
                  StunMessage.ALLOCATE,
                  UDP,
                  new Unknown(0x7001, new byte[4]),
                  new Unknown(0xc001, new byte[4]),
                  new Unknown(0x0003, new byte[4]));

      assertThat(PaperClient.code(answer)).isEqualTo(420);
      assertThat(answer.first(UnknownAttributes.class))
          .contains(new UnknownAttributes(List.of(0x7001, 0x0003)));
    }
  }

  /** Case 55. */
  @Test
  void ofTwoTheFirstCounts() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage answer =
          server.client().done(StunMessage.ALLOCATE, UDP, new Lifetime(1000), new Lifetime(2000));

      assertThat(answer.first(Lifetime.class)).contains(new Lifetime(1000));
    }
  }

  @Test
  void anEvenPortReservesTheNextForThirtySecondsIfAsked() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, new EvenPort(true));
      int port = relayed(answer).port();
      ReservationToken token = answer.first(ReservationToken.class).orElseThrow();
      assertThat(port).isEven();

      server.pass(Duration.ofSeconds(29));
      StunMessage second = server.client("alice", 6001).done(StunMessage.ALLOCATE, UDP, token);
      assertThat(relayed(second).port()).isEqualTo(port + 1);
      assertThat(server.client("alice", 6002).refused(StunMessage.ALLOCATE, UDP, token))
          .as("a token is used once")
          .isEqualTo(508);
    }
  }

  @Test
  void aReservationIsOverAfterThirtySecondsAndForItsUserOnly() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, new EvenPort(true));
      ReservationToken token = answer.first(ReservationToken.class).orElseThrow();

      assertThat(server.client("mallory", 6001).refused(StunMessage.ALLOCATE, UDP, token))
          .isEqualTo(508);
      server.pass(Duration.ofSeconds(30));
      assertThat(server.client("alice", 6001).refused(StunMessage.ALLOCATE, UDP, token))
          .isEqualTo(508);
    }
  }

  /** Case 48: R=0 once leaked the odd port. */
  @Test
  void anEvenPortWithoutReservationTakesOnePort() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      for (int i = 0; i < 500; i++) {
        PaperClient client = server.client("alice", 6000 + i);
        assertThat(relayed(client.done(StunMessage.ALLOCATE, UDP, new EvenPort(false))).port())
            .isEven();
        client.done(StunMessage.REFRESH, new Lifetime(0));
      }
    }
  }

  @Test
  void aPortThatAnotherProgramHasIsNotTheEnd() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      for (int port = TurnOnPaper.FIRST_PORT; port < TurnOnPaper.LAST_PORT; port += 10) {
        server.takeAway(port);
      }
      for (int i = 0; i < 40; i++) {
        server.client("alice", 6000 + i).done(StunMessage.ALLOCATE, UDP);
      }
      assertThat(server.openPorts()).isEqualTo(40);
    }
  }

  @Test
  void withoutADescriptorNoOtherPortIsTriedAndNothingIsKept() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      server.runOutOfDescriptors();

      assertThat(server.client().refused(StunMessage.ALLOCATE, UDP)).isEqualTo(508);
      assertThat(server.tries()).isOne();
      assertThat(server.taken()).isZero();
      assertThat(server.resources.quotas().inAll()).isZero();
    }
  }

  /** However full the server is by then, and whoever asks at that moment. */
  @Test
  void whoClaimsAReservedPortNeedsNoOtherPlace() {
    Setup two = Setup.USUAL.limits(new Quotas.Limits(2, 2, 0));
    try (TurnOnPaper server = new TurnOnPaper(two)) {
      StunMessage first =
          server.client("alice", 6000).done(StunMessage.ALLOCATE, UDP, new EvenPort(true));
      ReservationToken token = first.first(ReservationToken.class).orElseThrow();
      server.resources.quotas().limit(new Quotas.Limits(1, 1, 0));

      StunMessage second = server.client("alice", 6001).done(StunMessage.ALLOCATE, UDP, token);

      assertThat(relayed(second).port()).isEqualTo(relayed(first).port() + 1);
      assertThat(server.resources.quotas().inAll()).isEqualTo(2);
      assertThat(server.resources.reservations().size()).isZero();
    }
  }

  @Test
  void aReservedPortThatCannotBeOpenedIsFreeAgainWithItsPlace() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage first =
          server.client("alice", 6000).done(StunMessage.ALLOCATE, UDP, new EvenPort(true));
      ReservationToken token = first.first(ReservationToken.class).orElseThrow();
      server.runOutOfDescriptors();

      assertThat(server.client("alice", 6001).refused(StunMessage.ALLOCATE, UDP, token))
          .isEqualTo(508);
      assertThat(server.taken()).isOne();
      assertThat(server.resources.quotas().inAll()).isOne();
    }
  }

  @Test
  void whenThereIsNoPortLeftTheClientIsTold() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      for (int i = 0; i < 100; i++) {
        server.client("alice", 6000 + i).done(StunMessage.ALLOCATE, UDP);
      }
      assertThat(server.client("alice", 7000).refused(StunMessage.ALLOCATE, UDP)).isEqualTo(508);
      assertThat(server.client("bob", 7001).refused(StunMessage.ALLOCATE, UDP, new EvenPort(true)))
          .isEqualTo(508);
    }
  }

  /** Case 40. */
  @Test
  void aUserHasNoMoreThanTheQuotaUntilSomethingIsFreed() {
    Setup two = Setup.USUAL.limits(new Quotas.Limits(2, 3, 0));
    try (TurnOnPaper server = new TurnOnPaper(two)) {
      PaperClient first = server.client("alice", 6000);
      first.done(StunMessage.ALLOCATE, UDP);
      server.client("alice", 6001).done(StunMessage.ALLOCATE, UDP);
      PaperClient third = server.client("alice", 6002);

      assertThat(third.refused(StunMessage.ALLOCATE, UDP)).isEqualTo(486);
      server.client("bob", 7000).done(StunMessage.ALLOCATE, UDP);
      assertThat(server.client("bob", 7001).refused(StunMessage.ALLOCATE, UDP))
          .as("the server's own limit")
          .isEqualTo(508);
      first.done(StunMessage.REFRESH, new Lifetime(0));
      third.done(StunMessage.ALLOCATE, UDP);
    }
  }

  @Test
  void aReservationCountsAndItsClaimTakesItsPlace() {
    Setup two = Setup.USUAL.limits(new Quotas.Limits(2, 0, 0));
    try (TurnOnPaper server = new TurnOnPaper(two)) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, new EvenPort(true));
      assertThat(server.client("alice", 6001).refused(StunMessage.ALLOCATE, UDP)).isEqualTo(486);
      server
          .client("alice", 6002)
          .done(StunMessage.ALLOCATE, UDP, answer.first(ReservationToken.class).orElseThrow());
    }
  }

  @Test
  void aFamilyIsGivenWhereThereIsOne() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      Endpoint relayed = relayed(server.client().done(StunMessage.ALLOCATE, UDP, IPV6));
      assertThat(relayed.address()).isEqualTo(TurnOnPaper.IPV6);
    }
    try (TurnOnPaper server = new TurnOnPaper(Setup.USUAL.relayAddresses(TurnOnPaper.IPV4))) {
      assertThat(server.client().refused(StunMessage.ALLOCATE, UDP, IPV6)).isEqualTo(440);
    }
  }

  @Test
  void bothFamiliesAreGivenOrItIsSaidWhichIsMissing() {
    StunAttribute both = new AdditionalAddressFamily(AddressFamily.IPV6);
    try (TurnOnPaper server = new TurnOnPaper()) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, both);

      assertThat(answer.attributes().stream().filter(XorRelayedAddress.class::isInstance))
          .hasSize(2);
      assertThat(server.openPorts()).isEqualTo(2);
    }
    try (TurnOnPaper server = new TurnOnPaper(Setup.USUAL.relayAddresses(TurnOnPaper.IPV4))) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, both);

      AddressErrorCode missing = answer.first(AddressErrorCode.class).orElseThrow();
      assertThat(missing.family()).isEqualTo(AddressFamily.IPV6);
      assertThat(missing.code()).isEqualTo(440);
    }
    try (TurnOnPaper server = new TurnOnPaper(Setup.USUAL.relayAddresses(TurnOnPaper.IPV6))) {
      StunMessage answer = server.client().done(StunMessage.ALLOCATE, UDP, both);

      assertThat(answer.first(AddressErrorCode.class).orElseThrow().family())
          .isEqualTo(AddressFamily.IPV4);
    }
  }

  @Test
  void aClientMayAskThatNothingBeFragmented() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      server.client().done(StunMessage.ALLOCATE, UDP, new DontFragment());
    }
  }

  @Test
  void aServerThatIsGoingToStopAllocatesNothing() {
    try (TurnOnPaper server = new TurnOnPaper()) {
      PaperClient client = server.client();
      client.done(StunMessage.ALLOCATE, UDP);
      server.resources.drain();

      assertThat(server.client("bob", 6001).refused(StunMessage.ALLOCATE, UDP)).isEqualTo(508);
      client.done(StunMessage.REFRESH);
    }
  }

  private static Endpoint relayed(StunMessage answer) {
    return Endpoint.of(answer.first(XorRelayedAddress.class).orElseThrow().address());
  }
}
