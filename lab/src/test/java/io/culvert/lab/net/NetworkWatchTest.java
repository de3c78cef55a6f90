package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.net.NetworkWatch;
import io.culvert.lab.junit.InLab;
import io.culvert.wire.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a machine notices of the networks that it is in. */
@InLab
@Timeout(60)
class NetworkWatchTest {
  private final AtomicInteger changes = new AtomicInteger();

  private interface Check {
    void on(Lab lab, Host host) throws Exception;
  }

  @Test
  void linuxSaysSoAtOnceAndOnceForAllThatBelongsTogether() throws Exception {
    watching(
        Transport.EPOLL,
        (lab, host) -> {
          Thread.sleep(Duration.ofMillis(100));
          assertThat(changes).hasValue(0);

          host.first().move(lab.router("phone", NatKind.PORT_RESTRICTED).lan());
          await().atMost(Duration.ofSeconds(1)).until(() -> changes.get() > 0);
          Thread.sleep(Duration.ofMillis(200));
          int atFirst = changes.get();
          assertThat(atFirst).isLessThanOrEqualTo(4);

          host.first().readdress("192.168.2.99");
          await().atMost(Duration.ofSeconds(1)).until(() -> changes.get() > atFirst);
        });
  }

  @Test
  void whatHappensElsewhereIsNothingToIt() throws Exception {
    watching(
        Transport.EPOLL,
        (lab, _) -> {
          lab.router("other", NatKind.PORT_RESTRICTED).host("bob").first().down();
          Thread.sleep(Duration.ofMillis(300));
          assertThat(changes).hasValue(0);
        });
  }

  @Test
  void whereNobodySaysSoItIsSeenSoon() throws Exception {
    watching(
        Transport.NIO,
        (_, host) -> {
          host.first().readdress("192.168.1.99");
          await().atMost(Duration.ofSeconds(10)).until(() -> changes.get() > 0);
          assertThat(changes).hasValue(1);
        });
  }

  private void watching(Transport transport, Check check) throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.router("wifi", NatKind.PORT_RESTRICTED).host("alice");
      EventLoopGroup group = transport.eventLoops(1, "watch-test");
      try {
        IoEventLoop loop = (IoEventLoop) group.next();
        NetworkWatch watch =
            host.run(() -> loop.submit(() -> NetworkWatch.open(loop, new Changes())).get());
        check.on(lab, host);
        loop.submit(watch::close).get();
      } finally {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
    }
  }

  private final class Changes implements NetworkWatch.Observer {
    @Override
    public void networkChanged() {
      changes.incrementAndGet();
    }

    @Override
    public void slept(Duration time) {}
  }
}
