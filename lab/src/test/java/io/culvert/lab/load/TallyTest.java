package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally tally = new Tally(true);

  @Test
  void whatIsSentBeforeTheTrialIsNeitherLostNorCountedInIt() {
    ByteBuf early = sent();
    tally.beginTrial();
    ByteBuf measured = sent();
    sent();

    arrives(early);
    arrives(measured);

    assertThat(tally.arrived()).isEqualTo(2);
    assertThat(tally.sent()).isEqualTo(2);
    assertThat(tally.missing()).isEqualTo(1);
  }

  @Test
  void aPacketIsTimedFromLeavingToArriving() {
    tally.beginTrial();
    ByteBuf packet = Unpooled.buffer().writeZero(Stamp.BYTES);
    tally.leaves(packet, 0, System.nanoTime() - 5_000_000);

    arrives(packet);

    assertThat(tally.latency().p50()).isGreaterThanOrEqualTo(5_000);
  }

  private ByteBuf sent() {
    ByteBuf packet = Unpooled.buffer().writeZero(Stamp.BYTES);
    tally.leaves(packet, 0, System.nanoTime());
    return packet;
  }

  private void arrives(ByteBuf packet) {
    tally.arrives(packet, 0, packet.readableBytes());
  }
}
