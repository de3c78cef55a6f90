package io.culvert.client.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuicTransportsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestSocket socket;
  private final QuicTransports alices;
  private final QuicTransports bobs;

  QuicTransportsTest() throws IOException {
    socket = new TestSocket(Transport.best());
    alices = new QuicTransports(socket.loop(), TwoPeers.ALICE);
    bobs = new QuicTransports(socket.loop(), TwoPeers.BOB);
  }

  @BeforeEach
  void prepare() {
    socket.run(alices::prepare);
    socket.run(bobs::prepare);
  }

  @AfterEach
  void close() {
    socket.run(alices::close);
    socket.run(bobs::close);
    socket.close();
  }

  /** The first one or two have been prepared, the others come too soon for that. */
  @Test
  void anyNumberOfConnectionsCanBeginAtOnce() throws Exception {
    for (int i = 0; i < 4; i++) {
      QuicTransport alice = socket.call(() -> alices.caller("bob"));
      QuicTransport bob = socket.call(() -> bobs.callee("alice"));
      connect(alice, bob);

      alice.connection().awaitConnected(SOON);
      bob.connection().awaitConnected(SOON);
      assertThat(alice.connection().peer()).isEqualTo("bob");
      assertThat(bob.connection().peer()).isEqualTo("alice");
    }
  }

  @Test
  void whatHasBegunGoesOnWhenNothingIsPreparedAnyMore() throws Exception {
    QuicTransport alice = socket.call(() -> alices.caller("bob"));
    QuicTransport bob = socket.call(() -> bobs.callee("alice"));

    socket.run(alices::close);
    socket.run(bobs::close);
    connect(alice, bob);

    alice.connection().awaitConnected(SOON);
    bob.connection().awaitConnected(SOON);
  }

  @Test
  void aRehearsalGoesAllTheWay() throws Exception {
    assertThat(socket.call(alices::rehearse)).isTrue();
  }

  private void connect(QuicTransport alice, QuicTransport bob) {
    socket.run(() -> {
      alice.believe(TwoPeers.BOB.fingerprint());
      bob.believe(TwoPeers.ALICE.fingerprint());
      for (int i = 0; i < 2; i++) {
        bob.received(alice.takeHeld());
        alice.received(bob.takeHeld());
      }
    });
  }
}
