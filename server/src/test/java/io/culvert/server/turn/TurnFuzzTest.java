package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Whatever comes in: nothing is thrown, and nothing is left when everything has ended. */
class TurnFuzzTest {
  private static final int MAX_BYTES = 1500;

  @FuzzTest
  void datagrams(FuzzedDataProvider data) {
    try (TurnOnPaper server = new TurnOnPaper(TurnOnPaper.Setup.USUAL.withMobility())) {
      PaperClient stranger = server.client("bob", 6001);
      PaperClient client = server.client();
      client.done(StunMessage.ALLOCATE, new RequestedTransport(17));
      client.done(
          StunMessage.CHANNEL_BIND,
          new ChannelNumber(0x4000),
          new XorPeerAddress(new InetSocketAddress("198.51.100.1", 7000)));
      while (data.remainingBytes() > 0) {
        PaperClient sender = data.consumeBoolean() ? client : stranger;
        sender.send(message(data.consumeBoolean(), data.consumeBytes(MAX_BYTES)));
        server.pass(Duration.ofSeconds(data.consumeInt(0, 100)));
      }
      server.pass(Duration.ofHours(2));
      assertThat(server.openPorts()).isZero();
    }
  }

  /** As it is, or with the header that it needs to be looked at. */
  private static byte[] message(boolean repaired, byte[] bytes) {
    if (repaired && bytes.length >= 20) {
      ByteBuf message = Unpooled.wrappedBuffer(bytes, 0, bytes.length & ~3);
      message.setByte(0, message.getByte(0) & 0x3f);
      message.setShort(2, message.readableBytes() - 20);
      message.setInt(4, 0x2112a442);
      return java.util.Arrays.copyOf(bytes, bytes.length & ~3);
    }
    return bytes;
  }
}
