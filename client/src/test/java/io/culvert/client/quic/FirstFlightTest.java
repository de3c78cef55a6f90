package io.culvert.client.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstFlightTest {
  @Test
  void theFirstDatagramsTravelWithTheCall() throws Exception {
    try (TwoPeers peers = TwoPeers.apart()) {
      List<byte[]> flight = peers.firstFlight();
      assertThat(flight.stream().mapToInt(datagram -> datagram.length).sum()).isBetween(1, 2500);
      peers.bobHas(flight);
      peers.connect();
      try (QuicStream stream = peers.alice().openStream()) {
        stream.write(ByteBuffer.wrap(new byte[] {42}));
        assertThat(peers.bob().acceptStream(TwoPeers.SOON).input().read()).isEqualTo(42);
      }
    }
  }

  @Test
  void theWholeHandshakeTravelsWithTheCallAndItsAnswer() throws Exception {
    try (TwoPeers peers = TwoPeers.apart()) {
      List<byte[]> answer = peers.answer(peers.firstFlight());
      assertThat(answer.stream().mapToInt(datagram -> datagram.length).sum())
          .isBetween(1, 3 * 1200);
      peers.aliceHas(answer);
      assertThat(peers.alice().connected()).isCompleted();
      peers.connect();
    }
  }

  @Test
  void whatNobodyTakesWaitsForTheFirstWay() throws Exception {
    try (TwoPeers peers = TwoPeers.apart()) {
      peers.meet();
      peers.alice().awaitConnected(TwoPeers.SOON);
      peers.bob().awaitConnected(TwoPeers.SOON);
    }
  }

  @Test
  void whatTravelsTwiceDoesNoHarm() throws Exception {
    try (TwoPeers peers = TwoPeers.apart()) {
      List<byte[]> flight = peers.firstFlight();
      peers.bobHas(flight);
      peers.bobHas(flight);
      peers.connect();
      peers.bobHas(flight);
      peers.alice().openStream().close();
      assertThat(peers.bob().acceptStream(TwoPeers.SOON).input().read()).isEqualTo(-1);
    }
  }

  @Test
  void aSecondCallerGetsNoConnectionOfTheSameCall() throws Exception {
    try (TwoPeers peers = TwoPeers.connected();
        TwoPeers others = TwoPeers.apart()) {
      peers.bobHas(others.firstFlight());
      peers.alice().openStream().close();
      assertThat(peers.bob().acceptStream(TwoPeers.SOON).input().read()).isEqualTo(-1);
      assertThat(others.alice().connected()).isNotDone();
    }
  }

  @Test
  void onlySoMuchWaits() {
    HeldDatagrams held = new HeldDatagrams();
    for (int i = 0; i < 100; i++) {
      held.send(Unpooled.wrappedBuffer(new byte[2500]), 1200);
    }
    assertThat(held.take()).hasSize(16).allSatisfy(d -> assertThat(d.length).isIn(1200, 100));
    assertThat(held.take()).isEmpty();
  }
}
