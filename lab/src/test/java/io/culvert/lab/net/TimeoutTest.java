package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.NatKind.Pooling;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@InLab
class TimeoutTest {
  private static final Duration SHORT = Duration.ofSeconds(2);

  @Test
  void aSilentMappingIsForgotten() throws Exception {
    NatKind pooled = NatKind.FULL_CONE.withAddresses(2, Pooling.ARBITRARY);
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"));
        Udp alice = Udp.on(lab.peer("alice", NatKind.FULL_CONE.withUdpTimeout(SHORT)));
        Udp bob = Udp.on(lab.peer("bob", NatKind.PORT_RESTRICTED.withUdpTimeout(SHORT)));
        Udp carol = Udp.on(lab.peer("carol", pooled.withUdpTimeout(SHORT)))) {
      InetSocketAddress alices = alice.mappingTowards(server);
      InetSocketAddress bobs = bob.mappingTowards(server);
      InetSocketAddress carols = carol.mappingTowards(server);
      server.send("in time", alices);
      server.send("in time", bobs);
      assertThat(alice.receive().text()).isEqualTo("in time");
      assertThat(bob.receive().text()).isEqualTo("in time");
      assertThat(carol.mappingTowards(server)).isEqualTo(carols);

      silence();

      server.send("too late", alices);
      server.send("too late", bobs);
      assertThat(alice.receiveUntilSilence()).isEmpty();
      assertThat(bob.receiveUntilSilence()).isEmpty();
      // A new mapping gets the next address.
      assertThat(carol.mappingTowards(server).getAddress()).isNotEqualTo(carols.getAddress());
    }
  }

  @Test
  void whatGoesOutKeepsAMappingAlive() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"));
        Udp other = Udp.on(lab.host("other"));
        Udp alice = Udp.on(lab.peer("alice", NatKind.FULL_CONE.withUdpTimeout(SHORT)))) {
      InetSocketAddress mapping = alice.mappingTowards(server);
      long start = System.nanoTime();
      await()
          .pollInterval(SHORT.dividedBy(8))
          .until(() -> {
            assertThat(alice.mappingTowards(server)).isEqualTo(mapping);
            return System.nanoTime() - start > SHORT.multipliedBy(3).dividedBy(2).toNanos();
          });

      other.send("still open", mapping);
      assertThat(alice.receive().text()).isEqualTo("still open");
    }
  }

  @Test
  void timeoutsThatAreNoneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NatKind.FULL_CONE.withUdpTimeout(Duration.ofMillis(1500)))
        .withMessageContaining("whole seconds");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NatKind.FULL_CONE.withUdpTimeout(Duration.ZERO));
  }

  /** What is being tested is that nothing happens for so long. */
  private static void silence() {
    long start = System.nanoTime();
    await()
        .pollDelay(SHORT.plusMillis(500))
        .until(() -> System.nanoTime() - start > SHORT.toNanos());
  }
}
