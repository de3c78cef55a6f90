package io.culvert.server.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.Counters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionGuardTest {
  private final Counters<TcpPunchCounter> counters = new Counters<>(TcpPunchCounter.class);
  private final ConnectionGuard guard = new ConnectionGuard(counters);
  private final ChannelFrom channel =
      new ChannelFrom(new InetSocketAddress("203.0.113.7", 6000), guard);
  private final ChannelHandlerContext ctx = channel.pipeline().firstContext();

  ConnectionGuardTest() throws Exception {}

  @Test
  void aNewDeadlineTakesThePlaceOfTheOld() {
    guard.closeAfter(ctx, Duration.ofSeconds(10));
    guard.closeAfter(ctx, Duration.ofSeconds(20));

    channel.pass(Duration.ofSeconds(19));
    assertThat(channel.isOpen()).isTrue();
    channel.pass(Duration.ofSeconds(1));

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot()).containsEntry(TcpPunchCounter.TIMED_OUT, 1L);
  }

  @Test
  void aCancelledDeadlineNeverComes() {
    guard.closeAfter(ctx, Duration.ofSeconds(10));
    guard.cancel();
    guard.cancel();

    channel.pass(Duration.ofDays(1));

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aConnectionThatEndsTakesItsDeadlineAlong() {
    guard.closeAfter(ctx, Duration.ofSeconds(10));

    // Not close(): that ends this kind of channel's timers by itself.
    channel.pipeline().fireChannelInactive();
    channel.pass(Duration.ofSeconds(10));

    assertThat(channel.isOpen()).isTrue();
    assertThat(counters.snapshot()).containsEntry(TcpPunchCounter.TIMED_OUT, 0L);
  }

  @Test
  void onlyBytesThatAreNoMessageCountAsMalformed() {
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot()).containsEntry(TcpPunchCounter.MALFORMED, 0L);
  }

  @Test
  void bytesThatAreNoMessageCountAsMalformed() {
    channel.pipeline().fireExceptionCaught(new DecoderException("frame of 0 bytes"));

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot()).containsEntry(TcpPunchCounter.MALFORMED, 1L);
  }

  @Test
  void anErrorOfOurOwnEndsOnlyThisConnection() {
    channel.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));

    assertThat(channel.isOpen()).isFalse();
    channel.checkException();
  }

  @Test
  void aConnectionIsClosedForOneReason() {
    guard.close(ctx, TcpPunchCounter.OUT_OF_PLACE);
    guard.close(ctx, TcpPunchCounter.MALFORMED);

    assertThat(counters.snapshot())
        .containsEntry(TcpPunchCounter.OUT_OF_PLACE, 1L)
        .containsEntry(TcpPunchCounter.MALFORMED, 0L);
  }
}
