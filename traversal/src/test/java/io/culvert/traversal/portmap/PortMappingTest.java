package io.culvert.traversal.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.traversal.portmap.Finding.Outcome;
import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.NatPmp;
import io.culvert.wire.portmap.Pcp;
import io.culvert.wire.portmap.PortProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortMappingTest {
  private static final String OUTSIDE = "203.0.113.7";
  private static final Duration HALF_LIFE = Duration.ofHours(1);

  private final RouterOnPaper router = new RouterOnPaper();

  @Test
  void theRouterIsAskedInAllWaysAtOnceAndForNothingYet() {
    assertThat(udp().said())
        .extracting(Home.Said::action)
        .containsExactly(
            new Action.Send(new Pcp.AnnounceRequest(Home.HOST)),
            new Action.Send(new NatPmp.AddressRequest()),
            new Action.FindUpnp());
  }

  @Test
  void ofAllThatTheRouterSpeaksPcpIsTakenAndNothingElse() {
    router.hasUpnp = true;
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(10_000);

    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
    assertThat(home.times(Pcp.MapRequest.class)).containsExactly(Duration.ofMillis(4));
    assertThat(home.sent(NatPmp.MapRequest.class)).isEmpty();
    assertThat(home.timesOf(Action.MapByUpnp.class)).isEmpty();
    assertThat(home.findings())
        .extracting(Finding::outcome)
        .containsExactly(Outcome.MAPPED, Outcome.UNUSED, Outcome.UNUSED);
  }

  @Test
  void aRouterOfNatPmpSaysSoWhenItIsAskedByPcp() {
    router.speaksPcp = false;
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(20);

    assertThat(home.outcomes()).containsExactly(opened(Means.NAT_PMP));
    assertThat(home.times(NatPmp.MapRequest.class)).containsExactly(Duration.ofMillis(4));
    assertThat(home.finding(Means.PCP).sentence())
        .isEqualTo("The router speaks NAT-PMP, and not PCP.");
  }

  @Test
  void aRouterOfPcpSaysSoWhenItIsAskedByNatPmp() {
    router.speaksNatPmp = false;
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(20);

    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
    assertThat(home.finding(Means.NAT_PMP).outcome()).isEqualTo(Outcome.ABSENT);
  }

  @Test
  void anotherVersionOfPcpIsNotOurs() {
    router.answers = false;
    Home home = udp().hears(new Pcp.OtherVersion(0, 1), Home.SERVER);

    assertThat(home.finding(Means.PCP).sentence())
        .isEqualTo("The router speaks version 1 of PCP, and we version 2.");
    assertThat(home.finding(Means.NAT_PMP).outcome()).isEqualTo(Outcome.ASKED);
  }

  @Test
  void aBetterWayHasAQuarterOfASecondToFollow() {
    router.answers = false;
    Home home = udp().hears(new NatPmp.AddressResponse(9, ipv4(OUTSIDE)), Home.SERVER);
    router.answers = true;
    home.untilMillis(249);
    assertThat(home.sent(NatPmp.MapRequest.class)).isEmpty();

    home.isSeenAt(OUTSIDE).untilMillis(260);
    assertThat(home.outcomes()).containsExactly(opened(Means.NAT_PMP));
  }

  @Test
  void whereNobodyListensUpnpIsTakenAsSoonAsItIsFound() {
    router.answers = false;
    router.hasUpnp = true;
    Home home = udp().tell(new Event.Unreachable()).isSeenAt(OUTSIDE).untilMillis(5000);

    assertThat(home.times(Pcp.class)).hasSize(1);
    assertThat(home.times(NatPmp.class)).hasSize(1);
    assertThat(home.timesOf(Action.MapByUpnp.class)).containsExactly(Duration.ofMillis(400));
    assertThat(home.outcomes()).containsExactly(opened(Means.UPNP));
  }

  @Test
  void aDeafRouterIsAskedForFiveSecondsAndAgainAfterAQuarterOfAnHour() {
    router.answers = false;
    Home home = udp().until(PortMapping.AGAIN);

    assertThat(home.times(NatPmp.AddressRequest.class))
        .extracting(Duration::toMillis)
        .containsExactly(0L, 250L, 750L, 1750L, 3750L);
    assertThat(home.times(Pcp.AnnounceRequest.class)).hasSize(2);
    assertThat(home.times(Pcp.AnnounceRequest.class).getLast().toMillis()).isBetween(2700L, 3300L);
    assertThat(home.findings())
        .extracting(Finding::sentence)
        .containsExactly(
            "The router does not answer to PCP.",
            "The router does not answer to NAT-PMP.",
            "No UPnP.");

    router.answers = true;
    home.isSeenAt(OUTSIDE).until(PortMapping.AGAIN.plusSeconds(6));
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void lostPacketsAreSentAgain() {
    router.lose = 4;
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(5000);

    assertThat(home.outcomes()).containsExactly(opened(Means.NAT_PMP));
  }

  @Test
  void aRequestForAPortIsSentAgainToo() {
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(3);
    router.lose = 1;
    home.untilMillis(4000);

    assertThat(home.sent(Pcp.MapRequest.class)).hasSize(2).allMatch(isTheSameAs(home));
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  private static java.util.function.Predicate<Pcp.MapRequest> isTheSameAs(Home home) {
    return home.sent(Pcp.MapRequest.class).getFirst()::equals;
  }

  @Test
  void whoAnswersButGivesNoPortIsLeftForTheNextWay() {
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(3);
    router.speaksPcp = false;
    router.speaksNatPmp = false; // so that nothing of it is answered
    home.untilMillis(4999);
    router.speaksNatPmp = true;
    home.untilMillis(6000);

    assertThat(home.finding(Means.PCP).sentence())
        .isEqualTo("The router speaks PCP, but does not answer when it is asked for a port.");
    assertThat(home.outcomes()).containsExactly(opened(Means.NAT_PMP));
  }

  @Test
  void aPortCountsOnlyWhenAServerOutsideHasSeenItsAddress() {
    Home home = udp().untilMillis(100);
    assertThat(home.outcomes()).isEmpty();
    assertThat(home.finding(Means.PCP).outcome()).isEqualTo(Outcome.UNVERIFIED);
    assertThat(home.finding(Means.PCP).external()).contains(external());

    home.isSeenAt(OUTSIDE, "203.0.113.8");
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void aPortOfARouterBehindAnotherNatIsOfNoUseAndRemembered() {
    router.external = ipv4("100.64.0.9");
    Home home = udp().isSeenAt(OUTSIDE).until(HALF_LIFE);

    assertThat(home.outcomes()).isEmpty();
    assertThat(home.finding(Means.PCP))
        .isEqualTo(
            new Finding(
                Means.PCP,
                Outcome.DOUBLE_NAT,
                java.util.Optional.of(new InetSocketAddress("100.64.0.9", 50_000)),
                "The router has given us port 50000 of 100.64.0.9 by PCP,"
                    + " but outside we are 203.0.113.7: it is itself behind a NAT."));
  }

  @Test
  void aPortIsRenewedOnceBetweenAHalfAndFiveEighthsOfItsLife() {
    Home home = udp().isSeenAt(OUTSIDE).until(Duration.ofMinutes(119));

    List<Duration> requests = home.times(Pcp.MapRequest.class);
    assertThat(requests).hasSize(2);
    assertThat(requests.getLast()).isBetween(HALF_LIFE, Duration.ofMinutes(75).plusSeconds(1));
    assertThat(home.sent(Pcp.MapRequest.class).getLast().suggestedPort()).isEqualTo(50_000);
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void anUnansweredRenewalIsRepeatedEverSoonerButNotWithinFourSeconds() {
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(100);
    router.answers = false;
    home.until(Duration.ofHours(2));

    List<Duration> renewals = home.times(Pcp.MapRequest.class);
    assertThat(renewals).hasSizeBetween(8, 14);
    for (int i = 2; i < renewals.size(); i++) {
      assertThat(renewals.get(i).minus(renewals.get(i - 1))).isGreaterThanOrEqualTo(seconds(4));
    }
    assertThat(renewals.get(2)).isBetween(Duration.ofMinutes(90), Duration.ofMinutes(103));
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));

    home.until(Duration.ofHours(2).plusSeconds(1));
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP), closed(Means.PCP));
    router.answers = true;
    home.until(Duration.ofHours(2).plusSeconds(5));
    assertThat(home.outcomes()).hasSize(3).endsWith(opened(Means.NAT_PMP));
  }

  @Test
  void aRouterThatHasForgottenIsAskedForEverythingAgain() {
    Home home = both().isSeenAt(OUTSIDE).untilMillis(100);
    int before = home.sent(Pcp.MapRequest.class).size();
    router.bootedAt = 600;
    home.until(seconds(600)).hears(new Pcp.AnnounceResponse(0), Home.SERVER).until(seconds(602));

    assertThat(home.sent(Pcp.MapRequest.class)).hasSize(before + 2);
    assertThat(home.sent(Pcp.MapRequest.class).subList(before, before + 2))
        .extracting(Pcp.MapRequest::protocol)
        .containsExactlyInAnyOrder(PortProtocol.UDP, PortProtocol.TCP);
    assertThat(home.outcomes()).containsExactlyInAnyOrder(opened(Means.PCP), openedTcp(Means.PCP));
  }

  @Test
  void anAnswerThatShowsTheLossOfOnePortIsEnoughToAskForTheOther() {
    Home home = both().isSeenAt(OUTSIDE).untilMillis(100);
    int before = home.sent(Pcp.MapRequest.class).size();
    router.bootedAt = 3000; // unnoticed until the first renewal
    home.until(Duration.ofMinutes(76));

    assertThat(home.sent(Pcp.MapRequest.class)).hasSizeGreaterThanOrEqualTo(before + 2);
    List<Duration> times = home.times(Pcp.MapRequest.class);
    assertThat(times.get(before + 1).minus(times.get(before))).isLessThan(seconds(1));
  }

  @Test
  void anAnnouncementThatSaysNothingNewChangesNothing() {
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(100);
    int before = home.said().size();
    home.until(seconds(600)).hears(new Pcp.AnnounceResponse(600), Home.SERVER).until(seconds(700));

    assertThat(home.said()).hasSize(before);
  }

  @Test
  void aPortMovesWithTheRoutersAddressAndCountsWhenWeAreSeenThere() {
    router.speaksPcp = false;
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(100);
    home.until(seconds(60))
        .hears(new NatPmp.AddressResponse(60, ipv4("203.0.113.99")), Home.SERVER);
    assertThat(home.outcomes()).containsExactly(opened(Means.NAT_PMP), closed(Means.NAT_PMP));

    home.isSeenAt("203.0.113.99");
    assertThat(home.outcomes())
        .hasSize(3)
        .endsWith(
            new Action.Opened(
                new Mapping(
                    Means.NAT_PMP,
                    PortProtocol.UDP,
                    new InetSocketAddress("203.0.113.99", 50_000))));
  }

  @Test
  void whenWeAreSeenElsewhereTheRouterIsAskedWhatItsAddressIs() {
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(100));
    router.external = ipv4("203.0.113.99");
    home.isSeenAt("203.0.113.99").until(seconds(101));

    assertThat(home.outcomes())
        .containsExactly(
            opened(Means.PCP),
            closed(Means.PCP),
            new Action.Opened(
                new Mapping(
                    Means.PCP, PortProtocol.UDP, new InetSocketAddress("203.0.113.99", 50_000))));
  }

  @Test
  void whoDoubtsTheRouterHasItAskedWhatItsAddressIs() {
    Home home = udp().isSeenAt(OUTSIDE, "203.0.113.99").until(seconds(100));
    router.external = ipv4("203.0.113.99");
    home.tell(new Event.Doubted()).until(seconds(101));

    assertThat(home.outcomes())
        .hasSize(3)
        .endsWith(
            new Action.Opened(
                new Mapping(
                    Means.PCP, PortProtocol.UDP, new InetSocketAddress("203.0.113.99", 50_000))));
  }

  @Test
  void aRouterOfNatPmpIsAskedForItsAddressThenWhichItDoesNotSayOtherwise() {
    router.speaksPcp = false;
    Home home = udp().isSeenAt(OUTSIDE, "203.0.113.99").until(seconds(100));
    router.external = ipv4("203.0.113.99");
    home.tell(new Event.Doubted()).until(seconds(101));

    assertThat(home.outcomes())
        .hasSize(3)
        .endsWith(
            new Action.Opened(
                new Mapping(
                    Means.NAT_PMP,
                    PortProtocol.UDP,
                    new InetSocketAddress("203.0.113.99", 50_000))));
  }

  @Test
  void aRouterThatTakesMinutesToRebootIsAskedUntilItIsBack() {
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(100));
    router.answers = false;
    home.tell(new Event.Doubted()).until(seconds(160));
    assertThat(home.times(Pcp.MapRequest.class).stream().filter(at -> at.toSeconds() >= 100))
        .containsExactly(seconds(100), seconds(104), seconds(112), seconds(128), seconds(160));

    router.answers = true;
    home.until(seconds(230));
    int asked = home.times(Pcp.MapRequest.class).size();
    home.until(seconds(1800));
    assertThat(home.times(Pcp.MapRequest.class)).as("it has answered").hasSize(asked);
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void thatARouterHasRebootedIsToldButNotEachTimeWhenItSaysSoAllTheTime() {
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(600));
    for (int i = 0; i < 50; i++) {
      router.bootedAt = 600L + i;
      home.hears(new Pcp.AnnounceResponse(0), Home.SERVER).until(seconds(601 + i));
    }
    assertThat(home.timesOf(Action.Rebooted.class)).containsExactly(seconds(600));
  }

  @Test
  void whoGetsNothingAsksAgainWhenInDoubt() {
    router.answers = false;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(60));
    router.answers = true;
    home.tell(new Event.Doubted()).until(seconds(61));

    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void oneThatIsSeenElsewhereAgainAndAgainDoesNotAskEachTime() {
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(100));
    int before = home.sent(Pcp.MapRequest.class).size();
    for (int i = 0; i < 100; i++) {
      home.isSeenAt("203.0.113." + (100 + i % 2)).until(Duration.ofMillis(100_000 + 10 * i));
    }
    assertThat(home.sent(Pcp.MapRequest.class)).hasSize(before + 1);
  }

  @Test
  void whoGetsNothingAsksAgainWhenSeenElsewhere() {
    router.answers = false;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(60));
    router.answers = true;
    home.isSeenAt("198.51.100.1").isSeenAt(OUTSIDE).until(seconds(61));

    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void aRouterThatAnnouncesItselfLaterIsAskedThen() {
    router.answers = false;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(60));
    router.answers = true;
    home.hears(new Pcp.AnnounceResponse(0), Home.SERVER).until(seconds(61));

    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void aPortIsGivenBackInTheEnd() {
    Home home = both().isSeenAt(OUTSIDE).until(seconds(10)).tell(new Event.Close());
    assertThat(home.outcomes())
        .hasSize(4)
        .endsWith(closed(Means.PCP), closedTcp(Means.PCP))
        .doesNotContain(new Action.Ended());

    home.until(seconds(11));
    List<Pcp.MapRequest> last = home.sent(Pcp.MapRequest.class);
    assertThat(last.subList(last.size() - 2, last.size()))
        .allSatisfy(request -> {
          assertThat(request.lifetime()).isZero();
          assertThat(request.suggestedPort()).isZero();
          assertThat(request.suggestedAddress()).isEqualTo(ipv4("0.0.0.0"));
          assertThat(request.nonce()).isEqualTo(last.getFirst().nonce());
        });
    assertThat(home.said().getLast()).isEqualTo(said(10_004, new Action.Ended()));
    assertThat(home.sleeps()).isTrue();
  }

  @Test
  void whoIsDeafInTheEndIsToldFourTimesInTwoSeconds() {
    router.speaksPcp = false;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(10));
    int before = home.sent(NatPmp.MapRequest.class).size();
    router.answers = false;
    home.tell(new Event.Close()).until(seconds(20));

    assertThat(home.sent(NatPmp.MapRequest.class)).hasSize(before + 4);
    assertThat(home.sent(NatPmp.MapRequest.class).getLast())
        .isEqualTo(new NatPmp.MapRequest(PortProtocol.UDP, Home.PORT, 0, 0));
    assertThat(home.said().getLast()).isEqualTo(said(12_000, new Action.Ended()));
  }

  @Test
  void whatAnotherWayRefusesDoesNotKeepUsFromGivingThePortBack() {
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(10));
    router.answers = false;
    home.tell(new Event.Close())
        .hears(new NatPmp.Refused(1, NatPmp.NOT_AUTHORIZED), Home.SERVER)
        .until(seconds(11));
    assertThat(home.outcomes()).doesNotContain(new Action.Ended());

    home.hears(new Pcp.Refused(1, Pcp.NOT_AUTHORIZED, 0, 10), Home.SERVER);
    assertThat(home.outcomes()).endsWith(new Action.Ended());
  }

  @Test
  void aPortThatWasAskedForAndNotGivenYetIsGivenBackToo() {
    Home home = udp().untilMillis(5).tell(new Event.Close()).until(seconds(5));

    assertThat(home.sent(Pcp.MapRequest.class))
        .extracting(Pcp.MapRequest::lifetime)
        .containsExactly(7200L, 0L);
    assertThat(home.outcomes()).containsExactly(new Action.Ended());
  }

  @Test
  void whoHasNothingEndsAtOnce() {
    Home home = udp().tell(new Event.Close());

    assertThat(home.outcomes()).containsExactly(new Action.Ended());
    assertThat(home.tell(new Event.DeadlineReached()).tell(new Event.UpnpFound()).said())
        .endsWith(said(0, new Action.Ended()));
    assertThat(home.sleeps()).isTrue();
  }

  @Test
  void byUpnpAPortIsGivenBackOnce() {
    router.answers = false;
    router.hasUpnp = true;
    Home home = udp().tell(new Event.Unreachable()).isSeenAt(OUTSIDE).until(seconds(10));
    home.tell(new Event.Close()).until(seconds(20));

    assertThat(home.said().subList(home.said().size() - 3, home.said().size()))
        .containsExactly(
            said(10_000, new Action.UnmapByUpnp(PortProtocol.UDP, 50_000)),
            said(10_000, closed(Means.UPNP)),
            said(10_400, new Action.Ended()));
  }

  @Test
  void aPortForEverIsLookedAfterAsIfItWereForTwoHours() {
    router.answers = false;
    router.hasUpnp = true;
    router.lifetime = 0;
    Home home =
        udp().tell(new Event.Unreachable()).isSeenAt(OUTSIDE).until(Duration.ofMinutes(119));

    assertThat(home.timesOf(Action.MapByUpnp.class)).hasSize(2);
    assertThat(home.outcomes()).containsExactly(opened(Means.UPNP));
  }

  @Test
  void moreThanADayIsNotBelieved() {
    router.lifetime = 0xffff_ffffL;
    Home home = udp().until(Duration.ofHours(16));

    assertThat(home.times(Pcp.MapRequest.class)).hasSize(2);
  }

  @Test
  void aPortForLessThanHalfAMinuteIsNone() {
    router.lifetime = 29;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(100));

    assertThat(home.outcomes()).isEmpty();
    assertThat(home.finding(Means.PCP).sentence())
        .isEqualTo("The router gives us a port by PCP for 29 s only.");
    assertThat(home.times(Pcp.MapRequest.class)).hasSize(1);
  }

  @Test
  void whatDoesNotComeFromTheRouterIsIgnored() {
    router.answers = false;
    Home home = udp().isSeenAt(OUTSIDE);
    int before = home.said().size();
    for (InetSocketAddress from :
        List.of(
            new InetSocketAddress("192.168.1.3", 5351),
            new InetSocketAddress(Home.GATEWAY, 5350),
            new InetSocketAddress(OUTSIDE, 5351))) {
      home.hears(new Pcp.AnnounceResponse(1), from)
          .hears(new NatPmp.AddressResponse(1, ipv4(OUTSIDE)), from)
          .hears(new NatPmp.Refused(0, NatPmp.UNSUPPORTED_VERSION), from);
    }
    assertThat(home.untilMillis(200).said()).hasSize(before);
    assertThat(home.findings()).extracting(Finding::outcome).containsOnly(Outcome.ASKED);
  }

  @Test
  void anAnswerWithAnotherNonceOrPortIsIgnored() {
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(5);
    router.answers = false;
    Pcp.MapRequest asked = home.sent(Pcp.MapRequest.class).getFirst();
    Pcp.Nonce wrong = new Pcp.Nonce(asked.nonce().high(), asked.nonce().low() ^ 1);
    home.hears(answer(wrong, Home.PORT, Pcp.SUCCESS), Home.SERVER)
        .hears(answer(wrong, Home.PORT, Pcp.NOT_AUTHORIZED), Home.SERVER)
        .hears(answer(asked.nonce(), Home.PORT + 1, Pcp.SUCCESS), Home.SERVER);
    assertThat(home.outcomes()).isEmpty();
    assertThat(home.finding(Means.PCP).outcome()).isEqualTo(Outcome.ASKED);

    home.hears(answer(asked.nonce(), Home.PORT, Pcp.SUCCESS), Home.SERVER);
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void aPortOfNatPmpThatIsNotOursIsIgnored() {
    router.speaksPcp = false;
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(5);
    home.hears(new NatPmp.MapResponse(PortProtocol.UDP, 0, Home.PORT + 1, 1234, 7200), Home.SERVER);
    assertThat(home.outcomes()).isEmpty();
    assertThat(home.untilMillis(20).outcomes()).containsExactly(opened(Means.NAT_PMP));
  }

  @Test
  void tcpIsAskedForBesideUdp() {
    for (Means means : Means.values()) {
      RouterOnPaper paper = new RouterOnPaper();
      paper.speaksPcp = means == Means.PCP;
      paper.speaksNatPmp = means == Means.NAT_PMP;
      paper.hasUpnp = true;
      Home home =
          new Home(paper, PortProtocol.UDP, PortProtocol.TCP).isSeenAt(OUTSIDE).until(seconds(10));
      assertThat(home.outcomes()).containsExactlyInAnyOrder(opened(means), openedTcp(means));
    }
  }

  @Test
  void withoutAPortForTcpThatForUdpIsGoodAllTheSame() {
    for (Means means : Means.values()) {
      RouterOnPaper paper = new RouterOnPaper();
      paper.speaksPcp = means == Means.PCP;
      paper.speaksNatPmp = means == Means.NAT_PMP;
      paper.hasUpnp = true;
      paper.refused = Set.of(PortProtocol.TCP);
      Home home =
          new Home(paper, PortProtocol.UDP, PortProtocol.TCP).isSeenAt(OUTSIDE).until(seconds(10));
      assertThat(home.outcomes()).containsExactly(opened(means));
    }
  }

  @Test
  void whereOneWayIsRefusedTheNextIsTaken() {
    router.pcpResult = Pcp.NOT_AUTHORIZED;
    router.natPmpResult = NatPmp.OUT_OF_RESOURCES;
    router.hasUpnp = true;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(10));

    assertThat(home.outcomes()).containsExactly(opened(Means.UPNP));
    assertThat(home.findings())
        .extracting(Finding::sentence)
        .containsExactly(
            "The router gives no ports to us by PCP.",
            "The router has no port left, it says by NAT-PMP.",
            "The router keeps port 50000 of 203.0.113.7 open for us, by UPnP.");
  }

  @Test
  void aRefusalHoldsAsLongAsTheRouterSays() {
    router.speaksNatPmp = false;
    router.pcpResult = Pcp.NO_RESOURCES;
    router.lifetime = 300;
    Home home = udp().isSeenAt(OUTSIDE).until(seconds(299));
    assertThat(home.sent(Pcp.MapRequest.class)).hasSize(1);

    router.pcpResult = Pcp.SUCCESS;
    home.until(seconds(302));
    assertThat(home.outcomes()).containsExactly(opened(Means.PCP));
  }

  @Test
  void aRefusalOfNoTimeHoldsForAMinute() {
    router.speaksNatPmp = false;
    router.pcpResult = Pcp.NO_RESOURCES;
    router.lifetime = 0;
    Home home = udp().until(seconds(59));

    assertThat(home.sent(Pcp.MapRequest.class)).hasSize(1);
  }

  @Test
  void aNatBetweenUsAndTheRouterIsNoticed() {
    router.answers = false;
    Home home = udp().hears(new Pcp.Refused(0, Pcp.ADDRESS_MISMATCH, 0, 0), Home.SERVER);

    assertThat(home.finding(Means.PCP).sentence())
        .isEqualTo("Between us and the router that speaks PCP there is another NAT.");
  }

  @Test
  void aPortThatIsRefusedAtItsRenewalIsLostAndTheNextWayTaken() {
    Home home = udp().isSeenAt(OUTSIDE).untilMillis(100);
    router.pcpResult = Pcp.NOT_AUTHORIZED;
    home.until(Duration.ofMinutes(76));

    assertThat(home.outcomes())
        .containsExactly(opened(Means.PCP), closed(Means.PCP), opened(Means.NAT_PMP));
  }

  @Test
  void aRouterOfIpv6IsAskedByPcpOnlyToLetPacketsIn() {
    InetAddress ours = InetAddress.ofLiteral("2001:db8::2");
    Gateway gateway = new Gateway(InetAddress.ofLiteral("fe80::1"), ours);
    PortMapping mapping =
        new PortMapping(gateway, Home.PORT, Set.of(PortProtocol.UDP), new Random(7), Instant.EPOCH);
    assertThat(mapping.on(new Event.DeadlineReached(), Instant.EPOCH))
        .containsExactly(new Action.Send(new Pcp.AnnounceRequest(ours)));

    InetSocketAddress from = new InetSocketAddress(gateway.address(), 5351);
    List<Action> asked =
        mapping.on(new Event.Heard(new Pcp.AnnounceResponse(1), from), Instant.EPOCH);
    assertThat(asked).hasSize(1);
    Pcp.MapRequest request = (Pcp.MapRequest) ((Action.Send) asked.getFirst()).message();
    assertThat(request.suggestedAddress()).isEqualTo(InetAddress.ofLiteral("::"));
    mapping.on(new Event.Seen(Set.of(ours)), Instant.EPOCH);
    assertThat(
            mapping.on(
                new Event.Heard(
                    new Pcp.MapResponse(
                        0, 600, 1, request.nonce(), PortProtocol.UDP, Home.PORT, Home.PORT, ours),
                    from),
                Instant.EPOCH))
        .containsExactly(
            new Action.Opened(
                new Mapping(Means.PCP, PortProtocol.UDP, new InetSocketAddress(ours, Home.PORT))));
  }

  @Test
  void tcpAloneIsNotAskedFor() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Home(router, PortProtocol.TCP));
  }

  /** Whatever comes in whatever order: what is opened is closed, and nothing follows the end. */
  @Test
  void noOrderOfEventsBreaksIt() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      RouterOnPaper paper = new RouterOnPaper();
      Home home = new Home(paper, PortProtocol.UDP, PortProtocol.TCP);
      Duration time = Duration.ZERO;
      for (int step = 0; step < 60; step++) {
        time = time.plusMillis(random.nextInt(step % 7 == 0 ? 4_000_000 : 2000));
        home.until(time);
        change(paper, random);
        home.tell(event(random, paper, time));
      }
      home.tell(new Event.Close()).until(time.plusSeconds(10));
      assertThat(home.said().getLast().action()).as("seed %s", seed).isEqualTo(new Action.Ended());
      assertThat(home.sleeps()).isTrue();
      for (PortProtocol protocol : PortProtocol.values()) {
        assertThat(openAtTheEnd(home, protocol)).as("seed %s", seed).isZero();
      }
      assertThat(home.said().size()).as("seed %s", seed).isLessThan(3000);
    }
  }

  private static int openAtTheEnd(Home home, PortProtocol protocol) {
    int open = 0;
    for (Action action : home.outcomes()) {
      if (action instanceof Action.Opened(Mapping mapping) && mapping.protocol() == protocol) {
        open++;
      }
      if (action instanceof Action.Closed(Mapping mapping) && mapping.protocol() == protocol) {
        open--;
      }
      assertThat(open).isBetween(0, 1);
    }
    return open;
  }

  private static void change(RouterOnPaper router, Random random) {
    switch (random.nextInt(9)) {
      case 0 -> router.answers = random.nextBoolean();
      case 1 -> router.speaksPcp = random.nextBoolean();
      case 2 -> router.speaksNatPmp = random.nextBoolean();
      case 3 -> router.hasUpnp = random.nextBoolean();
      case 4 -> router.external = ipv4("203.0.113." + (7 + random.nextInt(2)));
      case 5 -> router.lifetime = List.of(0L, 1L, 60L, 7200L, 0xffff_ffffL).get(random.nextInt(5));
      case 6 -> router.lose = random.nextInt(5);
      case 7 -> router.pcpResult = random.nextInt(3) == 0 ? Pcp.NO_RESOURCES : Pcp.SUCCESS;
      default -> router.refused = random.nextBoolean() ? Set.of() : Set.of(PortProtocol.TCP);
    }
  }

  private static Event event(Random random, RouterOnPaper router, Duration time) {
    long second = time.toSeconds();
    return switch (random.nextInt(9)) {
      case 0 -> new Event.Unreachable();
      case 1 -> new Event.UpnpFound();
      case 2 -> new Event.UpnpMissing("gone");
      case 3 ->
          new Event.Heard(
              new NatPmp.AddressResponse(second, (Inet4Address) router.external), Home.SERVER);
      case 4 -> new Event.Heard(new Pcp.AnnounceResponse(random.nextInt(100)), Home.SERVER);
      case 5 -> new Event.Heard(new NatPmp.Refused(random.nextInt(3), 1), Home.SERVER);
      case 6 -> new Event.Heard(new Pcp.Refused(1, 1 + random.nextInt(13), 5, 9), Home.SERVER);
      case 7 -> new Event.UpnpRefused(PortProtocol.UDP, "no");
      default -> new Event.Seen(Set.of(ipv4("203.0.113." + (7 + random.nextInt(2)))));
    };
  }

  private Home udp() {
    return new Home(router, PortProtocol.UDP);
  }

  private Home both() {
    return new Home(router, PortProtocol.UDP, PortProtocol.TCP);
  }

  private static Pcp.MapResponse answer(Pcp.Nonce nonce, int port, int result) {
    return new Pcp.MapResponse(
        result, 7200, 0, nonce, PortProtocol.UDP, port, 50_000, ipv4(OUTSIDE));
  }

  private static InetSocketAddress external() {
    return new InetSocketAddress(OUTSIDE, 50_000);
  }

  private static Mapping udpMapping(Means by) {
    return new Mapping(by, PortProtocol.UDP, external());
  }

  private static Mapping tcpMapping(Means by) {
    return new Mapping(by, PortProtocol.TCP, new InetSocketAddress(OUTSIDE, 50_001));
  }

  private static Action opened(Means by) {
    return new Action.Opened(udpMapping(by));
  }

  private static Action closed(Means by) {
    return new Action.Closed(udpMapping(by));
  }

  private static Action openedTcp(Means by) {
    return new Action.Opened(tcpMapping(by));
  }

  private static Action closedTcp(Means by) {
    return new Action.Closed(tcpMapping(by));
  }

  private static Home.Said said(long millis, Action action) {
    return new Home.Said(Duration.ofMillis(millis), action);
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static Inet4Address ipv4(String literal) {
    return Inet4Address.ofLiteral(literal);
  }
}
