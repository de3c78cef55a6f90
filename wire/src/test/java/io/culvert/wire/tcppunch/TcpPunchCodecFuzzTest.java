package io.culvert.wire.tcppunch;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * A decoder takes a message, waits for more or says what is wrong, whatever bytes come.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones, one method at a time.
 */
class TcpPunchCodecFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void main(byte[] bytes) {
    Decoding.of(StreamKind.MAIN, bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void aux(byte[] bytes) {
    Decoding.of(StreamKind.AUX, bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void link(byte[] bytes) {
    Decoding.of(StreamKind.LINK, bytes);
  }
}
