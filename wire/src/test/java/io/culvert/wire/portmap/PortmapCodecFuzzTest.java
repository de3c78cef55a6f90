package io.culvert.wire.portmap;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Bytes are a message or malformed, whatever comes.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones.
 */
class PortmapCodecFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void datagram(byte[] bytes) {
    PortmapDecoding.of(bytes);
  }
}
