package io.culvert.client.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.net.RelayedPort.Access;
import io.culvert.client.net.StreamAccess;
import io.culvert.client.turn.TurnLogin;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody answers: it is about what lets us ask. */
class KeptRelayTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final EmbeddedChannel time = new EmbeddedChannel();
  private final Queue<CompletableFuture<Access>> wishes = new ArrayDeque<>();
  private final KeptRelay relay =
      new KeptRelay(
          time.eventLoop(), (bytes, index, length, to) -> {}, this::fresh, new Unconcerned());

  @AfterEach
  void stop() {
    relay.close(() -> {});
    time.close();
  }

  @Test
  void credentialsAreAskedForAgainAtHalfOfTheirLife() {
    relay.by(access("first", Optional.of(DAY)));
    pass(DAY.dividedBy(2).minusSeconds(1));
    assertThat(wishes).isEmpty();

    pass(Duration.ofSeconds(1));
    assertThat(wishes).hasSize(1);

    wishes.remove().complete(access("second", Optional.of(DAY.dividedBy(2))));
    pass(DAY.dividedBy(4).minusSeconds(1));
    assertThat(wishes).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(wishes).hasSize(1);
  }

  @Test
  void andOnceMoreWhenThereAreNone() {
    relay.by(access("first", Optional.of(DAY)));
    pass(DAY.dividedBy(2));
    wishes.remove().completeExceptionally(new IOException("no server"));
    pass(DAY.dividedBy(4));
    assertThat(wishes).hasSize(1);
  }

  @Test
  void aServerWhoseCredentialsEndAtOnceIsNotAskedAllTheTime() {
    relay.by(access("first", Optional.of(Duration.ZERO)));
    pass(Duration.ofSeconds(59));
    assertThat(wishes).isEmpty();
  }

  @Test
  void thoseWithoutAnEndAreKept() {
    relay.by(access("first", Optional.empty()));
    pass(DAY.multipliedBy(100));
    assertThat(wishes).isEmpty();
  }

  private void pass(Duration duration) {
    time.runPendingTasks();
    time.advanceTimeBy(duration.toNanos(), TimeUnit.NANOSECONDS);
    time.runPendingTasks();
  }

  private CompletableFuture<Access> fresh() {
    CompletableFuture<Access> wish = new CompletableFuture<>();
    wishes.add(wish);
    return wish;
  }

  private static Access access(String user, Optional<Duration> life) {
    return new Access(
        new InetSocketAddress(InetAddress.ofLiteral("203.0.113.1"), 3478),
        Optional.empty(),
        List.of(),
        new TurnLogin(user, "password"),
        life,
        StreamAccess.none());
  }

  private static final class Unconcerned implements KeptRelay.Observer {
    @Override
    public void relayedAt(List<InetSocketAddress> addresses) {
      throw new AssertionError("nobody has answered");
    }

    @Override
    public void relayLost() {
      throw new AssertionError("there was none");
    }

    @Override
    public void relayed(ByteBuf data, InetSocketAddress peer) {
      throw new AssertionError("nobody has answered");
    }
  }
}
