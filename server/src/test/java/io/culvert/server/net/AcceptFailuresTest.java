package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
  private final IOException noDescriptor =
      new IOException("accept(..) failed with error(-24): Too many open files");

  private final AcceptFailures failures = new AcceptFailures();

  @Test
  void aListenerRestsForASecondAndTriesAgain() {
    EmbeddedChannel listener = new EmbeddedChannel(failures);
    listener.freezeTime();

    listener.pipeline().fireExceptionCaught(noDescriptor);
    assertThat(listener.config().isAutoRead()).isFalse();
    listener.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    listener.runPendingTasks();
    assertThat(listener.config().isAutoRead()).isFalse();
    listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    listener.runPendingTasks();
    assertThat(listener.config().isAutoRead()).isTrue();

    listener.pipeline().fireExceptionCaught(noDescriptor);
    assertThat(listener.config().isAutoRead()).as("and rests again").isFalse();
    assertThat(listener.finish()).as("and nobody else hears of it").isFalse();
  }

  @Test
  void listenersThatShareItRestOnTheirOwn() {
    EmbeddedChannel one = new EmbeddedChannel(failures);
    EmbeddedChannel other = new EmbeddedChannel(failures);

    one.pipeline().fireExceptionCaught(noDescriptor);

    assertThat(one.config().isAutoRead()).isFalse();
    assertThat(other.config().isAutoRead()).isTrue();
  }
}
