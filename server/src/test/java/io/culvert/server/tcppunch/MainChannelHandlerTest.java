package io.culvert.server.tcppunch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainChannelHandlerTest {
  private static final InetSocketAddress REMOTE = new InetSocketAddress("203.0.113.7", 6000);
  private static final InetSocketAddress LOCAL = new InetSocketAddress("192.168.1.2", 5000);
  private static final Duration ALMOST_TEN_SECONDS = Duration.ofMillis(9_999);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final Rendezvous rendezvous = new Rendezvous();
  private final Counters<TcpPunchCounter> counters = new Counters<>(TcpPunchCounter.class);
  private final ChannelFrom client = connect();

  MainChannelHandlerTest() throws Exception {}

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
  }

  @Test
  void aConnectionThatHasNotGoneOnlineInTenSecondsIsClosed() {
    client.pass(ALMOST_TEN_SECONDS);
    assertThat(client.isOpen()).isTrue();

    client.pass(MOMENT);

    assertThat(client.isOpen()).isFalse();
    assertThat(counted(TcpPunchCounter.TIMED_OUT)).isEqualTo(1);
  }

  @Test
  void tricklingBytesBuysNoTime() {
    byte[] online = Bytes.online("alice");
    for (int i = 0; i < 9; i++) {
      client.pass(Duration.ofSeconds(1));
      receive(client, new byte[] {online[i]});
    }
    client.pass(Duration.ofMillis(999));
    assertThat(client.isOpen()).isTrue();

    client.pass(MOMENT);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void beingRefusedBuysNoTime() {
    rendezvous.goOnline("taken", introduction -> true);
    for (int i = 0; i < 9; i++) {
      client.pass(Duration.ofSeconds(1));
      receive(client, Bytes.online("taken"));
    }
    client.pass(Duration.ofMillis(999));
    assertThat(client.isOpen()).isTrue();

    client.pass(MOMENT);

    assertThat(client.isOpen()).isFalse();
    assertThat(counted(TcpPunchCounter.ID_TAKEN)).isEqualTo(9);
  }

  @Test
  void aClientThatIsOnlineMayBeSilent() {
    client.pass(ALMOST_TEN_SECONDS);
    receive(client, Bytes.online("alice"));

    client.pass(Duration.ofDays(30));

    assertThat(client.isOpen()).isTrue();
    assertThat(rendezvous.online()).isEqualTo(1);
    assertThat(counted(TcpPunchCounter.TIMED_OUT)).isZero();
  }

  @Test
  void aClientThatIsRefusedLaterStaysOnline() {
    receive(client, Bytes.online("alice"));
    receive(client, Bytes.online("bob"));

    client.pass(Duration.ofDays(30));

    assertThat(client.isOpen()).isTrue();
    assertThat(rendezvous.online()).isEqualTo(1);
  }

  @Test
  void theEndOfTheConnectionFreesTheIdAtOnce() {
    receive(client, Bytes.online("alice"));

    client.close();

    assertThat(rendezvous.online()).isZero();
  }

  @Test
  void garbageEndsTheConnectionAndFreesTheId() {
    receive(client, Bytes.online("alice"));

    receive(client, Bytes.hex("00000000"));

    assertThat(client.isOpen()).isFalse();
    assertThat(rendezvous.online()).isZero();
  }

  @Test
  void aConnectionClosedForGarbageIsCountedOnce() {
    receive(client, Bytes.hex("ffffffff ffffffff"));

    assertThat(client.isOpen()).isFalse();
    assertThat(counted(TcpPunchCounter.MALFORMED)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000004 0002 01 78",
        "00000002 0003",
        "00000011 0013 01 c0a80102 1388 cb007107 1770 01 78"
      })
  void whatOnlyAServerSaysEndsTheConnection(String message) {
    receive(client, Bytes.online("alice"));

    receive(client, Bytes.hex(message));

    assertThat(client.isOpen()).isFalse();
    assertThat(rendezvous.online()).isZero();
    assertThat(counted(TcpPunchCounter.OUT_OF_PLACE)).isEqualTo(1);
    assertThat(counted(TcpPunchCounter.MALFORMED)).isZero();
  }

  @Test
  void whatFollowsAMessageOutOfPlaceIsIgnored() {
    receive(client, Bytes.join(Bytes.ONLINE_REFUSED, Bytes.ONLINE_REFUSED, Bytes.online("ghost")));

    assertThat(client.isOpen()).isFalse();
    assertThat(sent(client)).isEmpty();
    assertThat(rendezvous.online()).isZero();
    assertThat(counted(TcpPunchCounter.OUT_OF_PLACE)).isEqualTo(1);
  }

  @Test
  void anIntroductionIsWrittenToTheTarget() throws Exception {
    ChannelFrom other = connect();
    String session = goOnline(client, "alice");
    goOnline(other, "bob");

    assertThat(introduce(session, "bob")).isTrue();

    assertThat(sent(other)).isEqualTo(Bytes.introduction(Bytes.INVITE, LOCAL, REMOTE, "alice"));
    other.finishAndReleaseAll();
  }

  @Test
  void aTargetThatDoesNotReadIsOwedNoMore() throws Exception {
    ChannelFrom other = connect();
    String session = goOnline(client, "alice");
    goOnline(other, "bob");
    setWritable(other, false);

    assertThat(introduce(session, "bob")).isFalse();
    setWritable(other, true);
    assertThat(introduce(session, "bob")).isTrue();

    assertThat(sent(other)).isEqualTo(Bytes.introduction(Bytes.INVITE, LOCAL, REMOTE, "alice"));
    other.finishAndReleaseAll();
  }

  @Test
  void aClientThatDoesNotReadIsNotReadFrom() {
    setWritable(client, false);
    assertThat(client.config().isAutoRead()).isFalse();

    setWritable(client, true);
    assertThat(client.config().isAutoRead()).isTrue();
  }

  @Test
  void howTheBytesAreSplitChangesNothing() throws Exception {
    byte[] bytes =
        Bytes.join(
            Bytes.online("taken"),
            Bytes.online("taken"),
            Bytes.online("ä"),
            Bytes.online("x".repeat(255)));
    rendezvous.goOnline("taken", introduction -> true);
    Random random = new Random(1);
    for (int round = 0; round < 1000; round++) {
      ChannelFrom one = connect();

      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(round % 300 + 1));
        receive(one, Arrays.copyOfRange(bytes, from, to));
        from = to;
      }

      byte[] answers = sent(one);
      assertThat(answers).hasSize(6 + 6 + 39 + 6);
      assertThat(Arrays.copyOf(answers, 19))
          .isEqualTo(
              Bytes.join(
                  Bytes.ONLINE_REFUSED, Bytes.ONLINE_REFUSED, Bytes.hex("00000023 0002 20")));
      assertThat(Arrays.copyOfRange(answers, 51, 57)).isEqualTo(Bytes.ONLINE_REFUSED);
      one.finishAndReleaseAll();
    }
  }

  private ChannelFrom connect() throws Exception {
    ConnectionGuard<TcpPunchCounter> guard =
        new ConnectionGuard<>(counters, TcpPunchCounter.MALFORMED, TcpPunchCounter.TIMED_OUT);
    return new ChannelFrom(
        REMOTE,
        TcpPunchChannelCodec.main(),
        new Gate(),
        new MainChannelHandler(rendezvous, counters, guard),
        guard);
  }

  private long counted(TcpPunchCounter counter) {
    return counters.snapshot().getOrDefault(counter, -1L);
  }

  private boolean introduce(String sessionId, String peerId) {
    return rendezvous.introduce(new Introduce(Kind.INVITE, LOCAL, sessionId, peerId), REMOTE);
  }

  private static String goOnline(ChannelFrom channel, String id) {
    receive(channel, Bytes.online(id));
    byte[] answer = sent(channel);
    return new String(answer, 7, 32, US_ASCII);
  }

  private static void receive(ChannelFrom channel, byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  private static byte[] sent(ChannelFrom channel) {
    byte[] all = {};
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      all = Bytes.join(all, ByteBufUtil.getBytes(out));
      out.release();
    }
    return all;
  }

  private static void setWritable(ChannelFrom channel, boolean writable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    channel.runPendingTasks();
  }
}
