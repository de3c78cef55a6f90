package io.culvert.client.quic;

import static io.netty.handler.codec.quic.QuicCongestionControlAlgorithm.BBR;
import static io.netty.handler.codec.quic.QuicCongestionControlAlgorithm.CUBIC;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuicSetupTest {
  @Test
  void aLostPacketIsTakenForAFullRouterOnlyWhereNoneIsLostByChance() {
    assertThat(QuicSetup.betweenMachines(TwoPeers.ALICE).congestion()).isEqualTo(BBR);
    assertThat(QuicSetup.withinMachine(TwoPeers.ALICE).congestion()).isEqualTo(CUBIC);
  }
}
