package io.culvert.client.quic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatagramKindTest {
  /** The ranges of RFC 9443 §3. */
  @ParameterizedTest
  @CsvSource({
    "0,3,STUN,STUN",
    "4,63,OTHER,OTHER",
    "64,79,QUIC,CHANNEL_DATA",
    "80,127,QUIC,OTHER",
    "128,191,OTHER,OTHER",
    "192,255,QUIC,OTHER"
  })
  void theFirstByteTells(int from, int to, DatagramKind ofPeer, DatagramKind ofTurnServer) {
    for (int first = from; first <= to; first++) {
      assertThat(DatagramKind.of(first, false)).isEqualTo(ofPeer);
      assertThat(DatagramKind.of(first, true)).isEqualTo(ofTurnServer);
    }
  }
}
