package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Case 18: what the machine is called later than at the start. */
class AddressLookoutTest {
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress LATER = InetAddress.ofLiteral("192.0.2.2");

  private final AtomicInteger looks = new AtomicInteger();
  private final BlockingQueue<Set<InetAddress>> changes = new LinkedBlockingQueue<>();
  private volatile Set<InetAddress> addresses = Set.of(FIRST);
  private volatile boolean fails;

  private final AddressLookout lookout =
      new AddressLookout(
          () -> {
            looks.incrementAndGet();
            if (fails) {
              throw new IllegalStateException("the kernel does not say");
            }
            return addresses;
          },
          () -> changes.add(addresses));

  @BeforeEach
  void start() throws Exception {
    lookout.start(Duration.ofMillis(1));
    assertThat(changes.take()).containsExactly(FIRST);
  }

  @AfterEach
  void stop() {
    lookout.close();
  }

  private void lookTwice() {
    int before = looks.get();
    await().until(() -> looks.get() > before + 2);
  }

  @Test
  void anAddressThatComesOrGoesIsNoticedOnce() throws Exception {
    lookTwice();
    assertThat(changes).isEmpty();
    addresses = Set.of(FIRST, LATER);
    assertThat(changes.take()).containsExactlyInAnyOrder(FIRST, LATER);
    lookTwice();
    assertThat(changes).isEmpty();
    addresses = Set.of(LATER);
    assertThat(changes.take()).containsExactly(LATER);
  }

  @Test
  void aLookThatFailsIsNotTheLast() throws Exception {
    try (ErrorLog log = new ErrorLog()) {
      fails = true;
      lookTwice();
      assertThat(log.messages())
          .contains(
              "turn: clients may reach new addresses of this machine: the kernel does not say");
      addresses = Set.of(LATER);
      fails = false;
      assertThat(changes.take()).containsExactly(LATER);
    }
  }
}
