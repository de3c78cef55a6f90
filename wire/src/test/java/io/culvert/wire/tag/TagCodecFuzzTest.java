package io.culvert.wire.tag;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Bytes are a message or malformed, whatever comes.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones, one method at a time.
 */
class TagCodecFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void datagram(byte[] bytes) {
    Decoding.datagram(bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void frame(byte[] bytes) {
    Decoding.frame(bytes);
  }
}
