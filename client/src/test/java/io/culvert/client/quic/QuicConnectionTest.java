package io.culvert.client.quic;

import static io.culvert.client.quic.TwoPeers.ALICE;
import static io.culvert.client.quic.TwoPeers.BOB;
import static io.culvert.client.quic.TwoPeers.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.quic.Ending.Cause;
import io.culvert.wire.transport.Transport;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuicConnectionTest {
  private static final Duration BRIEFLY = Duration.ofMillis(300);

  @Test
  void datagramsArriveWhole() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      int most = peers.alice().maxDatagramBytes();
      assertThat(most).isGreaterThan(1000);
      assertThat(peers.bob().maxDatagramBytes()).isEqualTo(most);
      for (int length : new int[] {0, 1, most}) {
        peers.alice().sendDatagram(ByteBuffer.allocate(length));
        assertThat(peers.bob().receiveDatagram(SOON)).hasSize(length);
        peers.bob().sendDatagram(ByteBuffer.allocate(length));
        assertThat(peers.alice().receiveDatagram(SOON)).hasSize(length);
      }
      assertThatThrownBy(() -> peers.alice().sendDatagram(ByteBuffer.allocate(most + 1)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void datagramsThatNobodyReceivesAreLostAndTheOthersAreNot() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      for (int i = 0; i < 2000; i++) {
        peers.alice().sendDatagram(ByteBuffer.allocate(1000));
      }
      QuicStream stream = peers.alice().openStream();
      stream.shutdownOutput();
      assertThat(peers.bob().acceptStream(SOON).input().read()).isEqualTo(-1);
      assertThat(peers.bob().receiveDatagram(SOON)).hasSize(1000);
    }
  }

  @Test
  void whoSendsMoreDatagramsThanLeaveWaitsNoLongerThanWanted() throws Exception {
    CountDownLatch networkIsSlow = new CountDownLatch(1);
    try (TwoPeers peers = TwoPeers.connected()) {
      peers.aliceSocket.loop().submit(() -> networkIsSlow.await(20, TimeUnit.SECONDS));
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  peers.alice().sendDatagram(ByteBuffer.allocate(1), BRIEFLY);
                }
              })
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("What was sent before has not left within 300 ms.");
      networkIsSlow.countDown();
      peers.alice().sendDatagram(ByteBuffer.allocate(1), SOON);
    }
  }

  @Test
  void whoClosesSaysWhy() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      peers.bob().close(9, "I have to go.\u001b[2J");
      Ending here = peers.bob().ended().get(20, TimeUnit.SECONDS);
      Ending there = peers.alice().ended().get(20, TimeUnit.SECONDS);
      assertThat(here).isEqualTo(new Ending(Cause.CLOSED_HERE, 9, "I have to go.\u001b[2J"));
      assertThat(there)
          .isEqualTo(
              new Ending(
                  Cause.CLOSED_BY_PEER,
                  9,
                  "bob has closed the connection: I have to go.\ufffd[2J"));
      assertThatThrownBy(() -> peers.alice().openStream())
          .isInstanceOfSatisfying(
              CulvertException.class, e -> assertThat(e.reason()).isEqualTo(Reason.HUNG_UP));
      assertThatThrownBy(() -> peers.alice().acceptStream()).hasMessage(there.sentence());
      assertThatThrownBy(() -> peers.alice().receiveDatagram()).hasMessage(there.sentence());
      assertThatThrownBy(() -> peers.alice().sendDatagram(ByteBuffer.allocate(1)))
          .hasMessage(there.sentence());
      peers.alice().awaitConnected(SOON); // it was
    }
  }

  @Test
  void anEndWithoutAReasonIsToldAsWell() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      peers.bob().close();
      assertThat(peers.alice().ended().get(10, TimeUnit.SECONDS))
          .isEqualTo(new Ending(Cause.CLOSED_BY_PEER, 0, "bob has closed the connection."));
    }
  }

  @Test
  void aConnectionThatHasNotBegunCanBeClosed() throws Exception {
    try (TwoPeers peers = TwoPeers.apart()) {
      peers.alice().close();
      peers.bob().close();
      assertThat(peers.alice().ended().get(20, TimeUnit.SECONDS).cause())
          .isEqualTo(Cause.CLOSED_HERE);
      assertThat(peers.bob().ended().get(20, TimeUnit.SECONDS))
          .isEqualTo(
              new Ending(Cause.CLOSED_HERE, 0, "This side has closed the connection to alice."));
      assertThatThrownBy(() -> peers.alice().awaitConnected(SOON))
          .isInstanceOfSatisfying(
              CulvertException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }
  }

  @Test
  void waitingForAConnectionEnds() throws Exception {
    try (TwoPeers peers = TwoPeers.apart()) {
      assertThatThrownBy(() -> peers.alice().awaitConnected(BRIEFLY))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("bob has not answered within 300 ms.");
      assertThatThrownBy(() -> peers.alice().openStream(BRIEFLY))
          .isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> peers.bob().acceptStream(BRIEFLY))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("The peer has opened no stream within 300 ms.");
      assertThat(peers.alice().maxDatagramBytes()).isZero();
      peers.connect();
    }
  }

  @Test
  void silenceEndsIt() throws Exception {
    try (TwoPeers peers = impatient(Duration.ofSeconds(1), Duration.ofMinutes(1)).connect()) {
      assertThat(peers.alice().ended().get(20, TimeUnit.SECONDS))
          .isEqualTo(new Ending(Cause.SILENCE, 0, "Nothing has come from bob for too long."));
      assertThat(peers.bob().ended().get(20, TimeUnit.SECONDS).cause()).isEqualTo(Cause.SILENCE);
    }
  }

  @Test
  void pingsKeepItWhileNobodySaysAnything() throws Exception {
    try (TwoPeers peers = impatient(Duration.ofSeconds(1), Duration.ofMillis(200)).connect()) {
      assertThatThrownBy(() -> peers.alice().receiveDatagram(Duration.ofSeconds(3)))
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(peers.alice().ended()).isNotDone();
      assertThat(peers.bob().ended()).isNotDone();
    }
  }

  @Test
  void whoKnowsThatThereIsNoWaySaysSo() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      peers.aliceSocket.run(() -> peers.aliceTransport.lost("The network is gone."));
      assertThat(peers.alice().ended().get(20, TimeUnit.SECONDS))
          .isEqualTo(new Ending(Cause.BROKEN, 0, "The network is gone."));
    }
  }

  @Test
  void rubbishDoesNothing() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      for (int length = 1; length < 100; length++) {
        byte[] rubbish = new byte[length];
        rubbish[0] = (byte) (0x40 | length);
        peers.bobHas(List.of(rubbish));
      }
      peers.alice().openStream().close();
      assertThat(peers.bob().acceptStream(SOON).input().read()).isEqualTo(-1);
    }
  }

  private static TwoPeers impatient(Duration idle, Duration keepAlive) throws Exception {
    return new TwoPeers(Transport.best(), ALICE.fingerprint(), BOB.fingerprint(), idle, keepAlive);
  }
}
