package io.culvert.wire.flow;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * A decoder takes a message, waits for more or says what is wrong, whatever bytes come.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones, one method at a time.
 */
class FlowCodecFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void client(byte[] bytes) {
    FlowDecoding.check(FlowDecoding.Side.CLIENT, bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void server(byte[] bytes) {
    FlowDecoding.check(FlowDecoding.Side.SERVER, bytes);
  }
}
