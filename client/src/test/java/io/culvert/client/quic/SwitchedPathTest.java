package io.culvert.client.quic;

import static io.culvert.client.quic.TwoPeers.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SwitchedPathTest {
  private static final int BYTES = 20 << 20;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void whatIsSaidWhileThereIsNoWayTakesTheNextAtOnce() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream stream = peers.alice().openStream();
      peers.aliceSocket.run(peers.aliceTransport::hold);
      stream.write(ByteBuffer.wrap(new byte[] {7}));
      peers.aliceSocket.run(() -> {}); // what was written has left
      AtomicLong sent = new AtomicLong();
      peers.aliceSocket.run(() ->
          peers.aliceTransport.lead((datagrams, size) -> {
            sent.addAndGet(datagrams.readableBytes());
            datagrams.release();
          }));
      assertThat(sent).hasPositiveValue();
    }
  }

  @Test
  void aTransferGoesOnOverAnotherPathAndNothingIsSentAgain() throws Exception {
    try (TwoPeers peers = TwoPeers.apart();
        TestRelay first = new TestRelay(peers);
        TestRelay second = new TestRelay(peers)) {
      first.lead(peers);
      QuicStream alice = peers.alice().openStream(SOON);
      AtomicBoolean enough = new AtomicBoolean();
      AtomicLong bytes = new AtomicLong();
      Future<Long> sent =
          threads.submit(() ->
              Noise.send(
                  alice,
                  1,
                  soFar -> {
                    bytes.set(soFar);
                    return !enough.get();
                  }));
      Future<Long> read = threads.submit(() -> Noise.read(peers.bob().acceptStream(SOON)));
      await().until(() -> first.bytes() > BYTES);
      second.lead(peers);
      await().until(() -> second.bytes() > BYTES);
      first.lead(peers);
      long before = first.bytes();
      await().until(() -> first.bytes() > before + BYTES);
      enough.set(true);
      assertThat(read.get()).isEqualTo(sent.get());
      // Headers and acknowledgements are less than a tenth of that.
      assertThat(first.bytes() + second.bytes()).isLessThan(bytes.get() + bytes.get() / 10);
    }
  }

  @Test
  void whatGoesLostWithAPathIsSentAgainOnTheNext() throws Exception {
    try (TwoPeers peers = TwoPeers.connected();
        TestRelay relay = new TestRelay(peers)) {
      QuicStream alice = peers.alice().openStream();
      Future<Long> sent = threads.submit(() -> Noise.send(alice, 1, BYTES));
      QuicStream bob = peers.bob().acceptStream(SOON);
      Future<Long> read = threads.submit(() -> Noise.read(bob));
      peers.aliceSocket.run(() -> peers.aliceTransport.lead((bytes, size) -> bytes.release()));
      relay.lead(peers);
      assertThat(read.get()).isEqualTo(sent.get());
      assertThat(relay.bytes()).isPositive();
    }
  }

  @Test
  void otherProtocolsShareTheSocket() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      Future<Long> sent = threads.submit(() -> Noise.send(alice, 1, BYTES));
      Future<Long> read = threads.submit(() -> Noise.read(peers.bob().acceptStream(SOON)));
      for (int i = 0; i < 100; i++) {
        ByteBuf stun = Unpooled.wrappedBuffer(new byte[] {0, 1, 0, 0, (byte) i});
        peers.aliceSocket.run(
            () -> peers.aliceSocket.port().send(stun, 0, 5, peers.bobSocket.address()));
      }
      assertThat(read.get()).isEqualTo(sent.get());
      await().until(() -> peers.bobSocket.others().size() == 100);
      assertThat(ByteBuffer.wrap(peers.bobSocket.others().get(7)).get(4)).isEqualTo((byte) 7);
    }
  }
}
