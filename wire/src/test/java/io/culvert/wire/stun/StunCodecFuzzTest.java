package io.culvert.wire.stun;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;

/**
 * The decoders take a message, wait for more or say what is wrong, whatever bytes come.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones, one method at a time.
 */
class StunCodecFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void datagram(byte[] bytes) {
    StunDecoding.of(bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void stream(byte[] bytes) {
    EmbeddedChannel channel = new EmbeddedChannel(new StunFrameDecoder(1 << 10));
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      channel.finish();
    } catch (DecoderException e) {
      channel.close();
    }
    channel.releaseInbound();
  }
}
