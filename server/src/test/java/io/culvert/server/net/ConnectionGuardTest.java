package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionGuardTest {
  private enum Why {
    MALFORMED,
    TIMED_OUT,
    OTHER
  }

  private final Counters<Why> counters = new Counters<>(Why.class);
  private final ConnectionGuard<Why> guard =
      new ConnectionGuard<>(counters, Why.MALFORMED, Why.TIMED_OUT);
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
    assertThat(counters.snapshot()).containsEntry(Why.TIMED_OUT, 1L);
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
  void whoeverIsHeardFromIsNotSilent() {
    guard.closeWhenSilentFor(ctx, Duration.ofSeconds(10));
    for (int i = 0; i < 10; i++) {
      channel.pass(Duration.ofSeconds(9));
      guard.heard(ctx);
    }

    channel.pass(Duration.ofMillis(9_999));
    assertThat(channel.isOpen()).isTrue();
    channel.pass(Duration.ofMillis(1));

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot()).containsEntry(Why.TIMED_OUT, 1L);
  }

  @Test
  void aDeadlineTakesThePlaceOfSilence() {
    guard.closeWhenSilentFor(ctx, Duration.ofSeconds(10));
    guard.closeAfter(ctx, Duration.ofSeconds(20));

    channel.pass(Duration.ofSeconds(19));

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aConnectionThatEndsTakesItsDeadlineAlong() {
    guard.closeAfter(ctx, Duration.ofSeconds(10));

    // Not close(): that ends this kind of channel's timers by itself.
    channel.pipeline().fireChannelInactive();
    channel.pass(Duration.ofSeconds(10));

    assertThat(channel.isOpen()).isTrue();
    assertThat(counters.snapshot()).containsEntry(Why.TIMED_OUT, 0L);
  }

  @Test
  void onlyBytesThatAreNoMessageCountAsMalformed() {
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot()).containsEntry(Why.MALFORMED, 0L);
  }

  @Test
  void bytesThatAreNoMessageCountAsMalformed() {
    channel.pipeline().fireExceptionCaught(new DecoderException("frame of 0 bytes"));

    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot()).containsEntry(Why.MALFORMED, 1L);
  }

  @Test
  void anErrorOfOurOwnEndsOnlyThisConnection() {
    channel.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));

    assertThat(channel.isOpen()).isFalse();
    channel.checkException();
  }

  @Test
  void aConnectionIsClosedForOneReason() {
    guard.close(ctx, Why.OTHER);
    guard.close(ctx, Why.MALFORMED);
    guard.dismiss(ctx, "too late", Why.MALFORMED);

    assertThat(channel.<Object>readOutbound()).isNull();
    assertThat(counters.snapshot()).containsEntry(Why.OTHER, 1L).containsEntry(Why.MALFORMED, 0L);
  }

  @Test
  void whoIsDismissedIsToldSomethingFirst() {
    guard.dismiss(ctx, "farewell", Why.OTHER);
    guard.dismiss(ctx, "farewell again", Why.OTHER);

    assertThat(channel.<Object>readOutbound()).isEqualTo("farewell");
    assertThat(channel.<Object>readOutbound()).isNull();
    assertThat(channel.isOpen()).isFalse();
    assertThat(guard.hasClosed()).isTrue();
    assertThat(counters.snapshot()).containsEntry(Why.OTHER, 1L);
  }
}
