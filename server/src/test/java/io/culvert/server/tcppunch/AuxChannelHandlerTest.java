package io.culvert.server.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuxChannelHandlerTest {
  private static final InetSocketAddress REMOTE = new InetSocketAddress("203.0.113.7", 6000);
  private static final InetSocketAddress LOCAL = new InetSocketAddress("192.168.1.2", 5000);
  private static final Duration ALMOST_TEN_SECONDS = Duration.ofMillis(9_999);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final Rendezvous rendezvous = new Rendezvous();
  private final Counters<TcpPunchCounter> counters = new Counters<>(TcpPunchCounter.class);
  private final List<Introduction> forBob = new ArrayList<>();
  private final String alice = rendezvous.goOnline("alice", introduction -> true).orElseThrow();
  private final byte[] inviteBob = Bytes.introduce(Bytes.INVITE, LOCAL, alice, "bob");
  private final byte[] inviteNobody = Bytes.introduce(Bytes.INVITE, LOCAL, alice, "nobody");
  private final ChannelFrom aux = connect(REMOTE);

  AuxChannelHandlerTest() throws Exception {
    rendezvous.goOnline("bob", forBob::add);
  }

  @AfterEach
  void close() {
    aux.finishAndReleaseAll();
  }

  @Test
  void aConnectionThatSendsNothingInTenSecondsIsClosed() {
    aux.pass(ALMOST_TEN_SECONDS);
    assertThat(aux.isOpen()).isTrue();

    aux.pass(MOMENT);

    assertThat(aux.isOpen()).isFalse();
    assertThat(counted(TcpPunchCounter.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void tricklingBytesBuysNoTime() {
    for (int i = 0; i < 9; i++) {
      aux.pass(Duration.ofSeconds(1));
      receive(new byte[] {inviteBob[i]});
    }
    aux.pass(Duration.ofMillis(999));
    assertThat(aux.isOpen()).isTrue();

    aux.pass(MOMENT);

    assertThat(aux.isOpen()).isFalse();
  }

  @Test
  void afterAnIntroductionItStaysOpenForThePunch() {
    aux.pass(ALMOST_TEN_SECONDS);
    receive(inviteBob);

    aux.pass(Duration.ofMinutes(3).minus(MOMENT));
    assertThat(aux.isOpen()).isTrue();
    aux.pass(MOMENT);

    assertThat(aux.isOpen()).isFalse();
    assertThat(forBob).hasSize(1);
    assertThat(counted(TcpPunchCounter.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void theRestOfARefusedConnectionIsLeftToTheClient() {
    receive(inviteNobody);

    aux.pass(Duration.ofMinutes(2));

    assertThat(sent()).isEqualTo(Bytes.INTRODUCE_REFUSED);
    assertThat(aux.isOpen()).isTrue();
  }

  @Test
  void anIntroductionGetsNoReply() {
    receive(inviteBob);

    assertThat(sent()).isEmpty();
    assertThat(forBob).containsExactly(new Introduction(Kind.INVITE, LOCAL, REMOTE, "alice"));
    assertThat(counted(TcpPunchCounter.INTRODUCED)).isEqualTo(1);
    assertThat(counted(TcpPunchCounter.INTRODUCTION_REFUSED)).isZero();
  }

  @Test
  void everyByteApartItIsTheSameIntroduction() {
    for (byte b : Bytes.join(inviteNobody, inviteBob)) {
      receive(new byte[] {b});
    }

    assertThat(sent()).isEqualTo(Bytes.INTRODUCE_REFUSED);
    assertThat(forBob).containsExactly(new Introduction(Kind.INVITE, LOCAL, REMOTE, "alice"));
  }

  @Test
  void aClientMayTryAgainAfterARefusalButNotForEver() {
    receive(Bytes.repeat(inviteNobody, 15));
    receive(inviteBob);
    assertThat(aux.isOpen()).isTrue();
    assertThat(sent()).isEqualTo(Bytes.repeat(Bytes.INTRODUCE_REFUSED, 15));

    receive(inviteBob);

    assertThat(aux.isOpen()).isFalse();
    assertThat(sent()).isEmpty();
    assertThat(forBob).hasSize(1);
    assertThat(counted(TcpPunchCounter.OUT_OF_PLACE)).isEqualTo(1);
  }

  @Test
  void aConnectionClosedForAFloodIsCountedOnce() {
    receive(Bytes.repeat(inviteBob, 100));

    assertThat(aux.isOpen()).isFalse();
    assertThat(forBob).hasSize(16);
    assertThat(counted(TcpPunchCounter.INTRODUCED)).isEqualTo(16);
    assertThat(counted(TcpPunchCounter.OUT_OF_PLACE)).isEqualTo(1);
  }

  @Test
  void whatOnlyAServerSaysEndsTheConnectionAndWhatFollowsIsIgnored() {
    receive(Bytes.join(Bytes.INTRODUCE_REFUSED, inviteBob, inviteNobody));

    assertThat(aux.isOpen()).isFalse();
    assertThat(sent()).isEmpty();
    assertThat(forBob).isEmpty();
    assertThat(counted(TcpPunchCounter.OUT_OF_PLACE)).isEqualTo(1);
    assertThat(counted(TcpPunchCounter.MALFORMED)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000",
        "0001",
        "474554202f20485454502f312e310d0a",
        "0011 00",
        "0011 03",
        "0011 01 c0a80102 1388 00",
        "0011 01 c0a80102 1388 01 78 00",
        "0011 01 c0a80102 1388 01 ff 01 78"
      })
  void garbageEndsTheConnectionAndIsCountedOnce(String bytes) {
    receive(Bytes.hex(bytes));

    assertThat(aux.isOpen()).isFalse();
    assertThat(sent()).isEmpty();
    assertThat(counted(TcpPunchCounter.MALFORMED)).isEqualTo(1);
  }

  @Test
  void anIpv6SourceIsRefused() throws Exception {
    ChannelFrom ipv6 = connect(new InetSocketAddress("2001:db8::7", 6000));

    ipv6.writeInbound(Unpooled.wrappedBuffer(inviteBob));

    assertThat(sent(ipv6)).isEqualTo(Bytes.INTRODUCE_REFUSED);
    assertThat(forBob).isEmpty();
    assertThat(counted(TcpPunchCounter.INTRODUCTION_REFUSED)).isEqualTo(1);
    ipv6.finishAndReleaseAll();
  }

  private ChannelFrom connect(InetSocketAddress remote) throws Exception {
    ConnectionGuard<TcpPunchCounter> guard =
        new ConnectionGuard<>(counters, TcpPunchCounter.MALFORMED, TcpPunchCounter.TIMED_OUT);
    return new ChannelFrom(
        remote,
        TcpPunchChannelCodec.aux(),
        new Gate(),
        new AuxChannelHandler(rendezvous, counters, guard),
        guard);
  }

  private long counted(TcpPunchCounter counter) {
    return counters.snapshot().getOrDefault(counter, -1L);
  }

  private void receive(byte[] bytes) {
    aux.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  private byte[] sent() {
    return sent(aux);
  }

  private static byte[] sent(ChannelFrom channel) {
    byte[] all = {};
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all = Bytes.join(all, ByteBufUtil.getBytes(out));
      out.release();
    }
    return all;
  }
}
