package io.culvert.server.tcppunch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.server.net.Ipv6;
import io.culvert.server.net.ServerStartException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpPunchServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final InetSocketAddress ALICES_LAN = new InetSocketAddress("192.168.1.2", 5000);
  private static final InetSocketAddress BOBS_LAN = new InetSocketAddress("10.0.0.3", 65_535);

  private final TestServer server = TestServer.start();

  TcpPunchServerTest() throws ServerStartException {}

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aMeetingByteForByte() throws Exception {
    RawClient alice = server.main();
    alice.send(Bytes.hex("00000008 0001 05 616c696365"));
    assertThat(alice.read(7)).isEqualTo(Bytes.hex("00000023 0002 20"));
    byte[] alicesSession = alice.read(32);
    assertThat(new String(alicesSession, US_ASCII)).matches("[0-9a-f]{32}");

    RawClient bob = server.main();
    bob.send(Bytes.hex("00000006 0001 03 626f62"));
    assertThat(bob.read(7)).isEqualTo(Bytes.hex("00000023 0002 20"));
    byte[] bobsSession = bob.read(32);

    RawClient alicesAux = server.aux();
    alicesAux.send(Bytes.hex("0011 01 c0a80102 1388 20"), alicesSession, Bytes.hex("03 626f62"));
    assertThat(bob.read(4 + 21))
        .isEqualTo(
            Bytes.join(
                Bytes.hex("00000015 0013 01 c0a80102 1388 7f000001"),
                portOf(alicesAux),
                Bytes.hex("05 616c696365")));

    RawClient bobsAux = server.aux();
    bobsAux.send(Bytes.hex("0011 02 0a000003 ffff 20"), bobsSession, Bytes.hex("05 616c696365"));
    assertThat(alice.read(4 + 19))
        .isEqualTo(
            Bytes.join(
                Bytes.hex("00000013 0013 02 0a000003 ffff 7f000001"),
                portOf(bobsAux),
                Bytes.hex("03 626f62")));
  }

  @Test
  void aRefusedClientMayTakeAnotherIdOnTheSameConnection() throws Exception {
    server.main().goOnline("alice");
    RawClient second = server.main();

    second.send(Bytes.hex("00000008 0001 05 616c696365"));
    assertThat(second.read(6)).isEqualTo(Bytes.hex("00000002 0003"));

    assertThat(second.goOnline("alice2")).hasSize(32);
    assertThat(server.server().online()).isEqualTo(2);
  }

  @Test
  void goingOnlineTwiceIsRefusedAndChangesNothing() throws Exception {
    RawClient alice = server.main();
    String session = alice.goOnline("alice");

    alice.send(Bytes.online("alice"));
    assertThat(alice.read(6)).isEqualTo(Bytes.ONLINE_REFUSED);
    alice.send(Bytes.online("other"));
    assertThat(alice.read(6)).isEqualTo(Bytes.ONLINE_REFUSED);

    assertThat(server.server().online()).isEqualTo(1);
    RawClient bob = server.main();
    bob.goOnline("other");
    RawClient aux = server.aux();
    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "other"));
    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, aux, "alice");
  }

  @Test
  void everyByteApartTheMessagesAreTheSame() throws Exception {
    RawClient alice = server.main();
    RawClient bob = server.main();
    alice.sendEveryByteApart(Bytes.online("alice"));
    String session = alice.readSessionId();
    bob.sendEveryByteApart(Bytes.join(Bytes.online("alice"), Bytes.online("bob")));
    assertThat(bob.read(6)).isEqualTo(Bytes.ONLINE_REFUSED);
    bob.readSessionId();

    RawClient aux = server.aux();
    aux.sendEveryByteApart(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"));

    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, aux, "alice");
  }

  @Test
  void messagesThatArriveTogetherAreAnsweredInOrder() throws Exception {
    server.main().goOnline("taken");
    RawClient alice = server.main();

    alice.send(
        Bytes.online("taken"), Bytes.online("taken"), Bytes.online("alice"), Bytes.online("more"));

    assertThat(alice.read(12)).isEqualTo(Bytes.repeat(Bytes.ONLINE_REFUSED, 2));
    String session = alice.readSessionId();
    assertThat(alice.read(6)).isEqualTo(Bytes.ONLINE_REFUSED);

    RawClient bob = server.main();
    bob.goOnline("bob");
    RawClient aux = server.aux();
    aux.send(
        Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "nobody"),
        Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"),
        Bytes.introduce(Bytes.ACCEPT, BOBS_LAN, session, "bob"));
    assertThat(aux.read(2)).isEqualTo(Bytes.INTRODUCE_REFUSED);
    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, aux, "alice");
    expectIntroduction(bob, Bytes.ACCEPT, BOBS_LAN, aux, "alice");
  }

  @Test
  void theLongestIdsAreTakenAndPassedOn() throws Exception {
    String longest = "\uD83D\uDE80".repeat(63) + "xyz";
    RawClient alice = server.main();
    String session = alice.goOnline(longest);
    RawClient bob = server.main();
    bob.goOnline("y".repeat(255));
    RawClient aux = server.aux();

    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "y".repeat(255)));

    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, aux, longest);
  }

  @Test
  void aRefusedIntroductionIsTwoBytesAndTheConnectionStaysOpen() throws Exception {
    RawClient alice = server.main();
    String session = alice.goOnline("alice");
    RawClient bob = server.main();
    bob.goOnline("bob");
    RawClient aux = server.aux();

    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, "0".repeat(32), "bob"));
    assertThat(aux.read(2)).isEqualTo(Bytes.hex("0012"));
    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "nobody"));
    assertThat(aux.read(2)).isEqualTo(Bytes.hex("0012"));
    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "alice"));
    assertThat(aux.read(2)).isEqualTo(Bytes.hex("0012"));

    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"));
    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, aux, "alice");
    // What a refused attempt would have caused, or a second reply, would have come before this.
    aux.send(Bytes.introduce(Bytes.ACCEPT, ALICES_LAN, session, "bob"));
    expectIntroduction(bob, Bytes.ACCEPT, ALICES_LAN, aux, "alice");
    alice.send(Bytes.online("alice"));
    assertThat(alice.read(6)).isEqualTo(Bytes.ONLINE_REFUSED);
    aux.finish();
    aux.expectClosed();
  }

  @Test
  void theIdIsFreeAsSoonAsTheClientHasFinished() throws Exception {
    for (int i = 0; i < 50; i++) {
      RawClient alice = server.main();
      alice.goOnline("alice");

      alice.finish();

      alice.expectClosed();
      RawClient next = server.main();
      next.goOnline("alice");
      next.finish();
      next.expectClosed();
    }
  }

  @Test
  void theIdIsFreeAfterAReset() throws Exception {
    RawClient alice = server.main();
    String session = alice.goOnline("alice");

    alice.reset();

    await().atMost(Duration.ofSeconds(5)).until(() -> server.server().online() == 0);
    assertThat(server.main().goOnline("alice")).isNotEqualTo(session);
  }

  @Test
  void theOldSessionIsVoidWhenTheIdHasANewOwner() throws Exception {
    RawClient alice = server.main();
    String session = alice.goOnline("alice");
    alice.finish();
    alice.expectClosed();
    server.main().goOnline("alice");
    server.main().goOnline("bob");
    RawClient aux = server.aux();

    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"));

    assertThat(aux.read(2)).isEqualTo(Bytes.INTRODUCE_REFUSED);
  }

  @Test
  void whoGoesOnlineAndLeavesInTheSameBreathLeavesNoGhost() throws Exception {
    for (int i = 0; i < 100; i++) {
      RawClient finished = server.main();
      finished.send(Bytes.online("finished " + i));
      finished.finish();
      RawClient reset = server.main();
      reset.send(Bytes.online("reset " + i));
      reset.reset();
      finished.drain();
    }

    await().atMost(Duration.ofSeconds(5)).until(() -> server.server().online() == 0);
    server.main().goOnline("finished 99");
    server.main().goOnline("reset 99");
  }

  @Test
  void aTcpAConnectionThatEndsDoesNotEndTheSession() throws Exception {
    RawClient alice = server.main();
    String session = alice.goOnline("alice");
    RawClient bob = server.main();
    bob.goOnline("bob");
    RawClient aux = server.aux();
    aux.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"));
    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, aux, "alice");
    aux.finish();
    aux.expectClosed();

    RawClient next = server.aux();
    next.send(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"));

    expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, next, "alice");
  }

  @Test
  void everyEventIsCountedOnceAndUnderItsName() throws Exception {
    Map<TcpPunchCounter, Long> expected = new EnumMap<>(TcpPunchCounter.class);
    for (TcpPunchCounter counter : TcpPunchCounter.values()) {
      expected.put(counter, 0L);
    }
    assertThat(server.server().counters()).isEqualTo(expected);

    RawClient alice = server.main();
    String session = alice.goOnline("alice");
    RawClient bob = server.main();
    bob.goOnline("bob");
    alice.send(Bytes.repeat(Bytes.online("bob"), 2));
    assertThat(alice.read(12)).isEqualTo(Bytes.repeat(Bytes.ONLINE_REFUSED, 2));
    expected.put(TcpPunchCounter.ID_TAKEN, 2L);
    RawClient aux = server.aux();
    aux.send(Bytes.repeat(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "nobody"), 3));
    aux.send(Bytes.repeat(Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob"), 4));
    assertThat(aux.read(6)).isEqualTo(Bytes.repeat(Bytes.INTRODUCE_REFUSED, 3));
    expected.put(TcpPunchCounter.INTRODUCTION_REFUSED, 3L);
    for (int i = 0; i < 4; i++) {
      bob.readFrame();
    }
    expected.put(TcpPunchCounter.INTRODUCED, 4L);
    for (RawClient garbage : List.of(server.main(), server.aux())) {
      garbage.send(Bytes.hex("00000000"));
      garbage.expectClosed();
    }
    expected.put(TcpPunchCounter.MALFORMED, 2L);
    RawClient misplaced = server.main();
    misplaced.send(Bytes.ONLINE_REFUSED);
    misplaced.expectClosed();
    expected.put(TcpPunchCounter.OUT_OF_PLACE, 1L);

    assertThat(server.server().counters()).isEqualTo(expected);
    assertThat(server.server().online()).isEqualTo(2);
  }

  @RepeatedTest(20) // it once depended on the moment
  void whenTheServerClosesEveryConnectionEnds() throws Exception {
    RawClient online = server.main();
    online.goOnline("alice");
    RawClient silent = server.main();
    RawClient aux = server.aux();
    InetSocketAddress main = server.mainAddress();
    InetSocketAddress tcpA = server.auxAddress();

    server.server().close();

    online.expectClosed();
    silent.expectClosed();
    aux.expectClosed();
    assertThat(server.server().online()).isZero();
    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawClient.to(main));
    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawClient.to(tcpA));
  }

  @Test
  void onASocketForBothFamiliesIpv4IsIntroducedAndIpv6IsNot() throws Exception {
    try (TestServer everywhere = TestServer.startOnAllAddresses()) {
      int main = everywhere.mainAddress().getPort();
      int aux = everywhere.auxAddress().getPort();
      RawClient alice = everywhere.keep(RawClient.to(new InetSocketAddress(LOOPBACK, main)));
      String session = alice.goOnline("alice");
      RawClient bob = everywhere.keep(RawClient.to(new InetSocketAddress(LOOPBACK, main)));
      bob.goOnline("bob");
      byte[] invite = Bytes.introduce(Bytes.INVITE, ALICES_LAN, session, "bob");

      RawClient ipv4 = everywhere.keep(RawClient.to(new InetSocketAddress(LOOPBACK, aux)));
      ipv4.send(invite);
      expectIntroduction(bob, Bytes.INVITE, ALICES_LAN, ipv4, "alice");

      assumeTrue(Ipv6.isThere(), "this machine has no IPv6");
      RawClient ipv6 = everywhere.keep(RawClient.to(new InetSocketAddress(Ipv6.LOOPBACK, aux)));
      ipv6.send(invite);
      assertThat(ipv6.read(2)).isEqualTo(Bytes.INTRODUCE_REFUSED);
      everywhere
          .keep(RawClient.to(new InetSocketAddress(Ipv6.LOOPBACK, main)))
          .goOnline("may be online");
    }
  }

  @Test
  void closingTwiceIsNoError() {
    server.server().close();
    server.server().close();
  }

  @Test
  void whatListensIsNamed() {
    assertThat(server.server().listeners())
        .extracting(listener -> listener.name())
        .containsExactly("tcppunch", "tcppunch tcp-a");
    assertThat(server.mainAddress()).isNotEqualTo(server.auxAddress());
    assertThat(server.mainAddress().getAddress()).isEqualTo(LOOPBACK);
  }

  private static void expectIntroduction(
      RawClient target, int kind, InetSocketAddress local, RawClient aux, String sender)
      throws Exception {
    byte[] expected = Bytes.introduction(kind, local, aux.address(), sender);
    assertThat(target.readFrame()).isEqualTo(Arrays.copyOfRange(expected, 4, expected.length));
  }

  private static byte[] portOf(RawClient client) {
    return ByteBuffer.allocate(2).putShort((short) client.address().getPort()).array();
  }
}
