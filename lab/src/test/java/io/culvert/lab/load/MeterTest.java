package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class MeterTest {
  private final Meter meter = new Meter(true);

  @Test
  void whatIsSentBeforeTheTrialIsNeitherLostNorCountedInIt() {
    ByteBuf early = sent();
    meter.beginTrial();
    ByteBuf measured = sent();
    sent();

    arrives(early);
    arrives(measured);

    assertThat(meter.arrived()).isEqualTo(2);
    assertThat(meter.sent()).isEqualTo(2);
    assertThat(meter.missing()).isEqualTo(1);
  }

  @Test
  void aPacketIsTimedFromLeavingToArriving() {
    meter.beginTrial();
    ByteBuf packet = Unpooled.buffer().writeZero(Stamp.BYTES);
    meter.leaves(packet, 0, System.nanoTime() - 5_000_000);

    arrives(packet);

    assertThat(meter.latency().p50()).isGreaterThanOrEqualTo(5_000);
  }

  private ByteBuf sent() {
    ByteBuf packet = Unpooled.buffer().writeZero(Stamp.BYTES);
    meter.leaves(packet, 0, System.nanoTime());
    return packet;
  }

  private void arrives(ByteBuf packet) {
    meter.arrives(packet, 0, packet.readableBytes());
  }
}
